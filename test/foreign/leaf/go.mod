module varve.example/leaf

go 1.22
