// @ts-nocheck
// Made by scripts/generate-schema.ts from spec/schemas. Do not edit.
/** Where, and which rule: what a validator found first. */
export interface SchemaFault {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}
/** True if the value holds to the schema; else `errors` tells. */
export interface SchemaValidator {
  (value: unknown): boolean;
  errors?: readonly SchemaFault[] | null;
}
const schema6 = {"$id":"https://varve.example/schemas/nhi.event.1.schema.json","type":"object","additionalProperties":false,"required":["v","id","kind","phase","tenant","time","src","actor","action","outcome"],"properties":{"v":{"const":"nhi.event/1"},"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9._:~-]+$"},"kind":{"enum":["identity.create","identity.update","identity.disable","identity.enable","identity.delete","identity.owner_change","credential.issue","credential.disable","credential.delete","credential.expire","credential.leak_report","token.mint","token.exchange","token.refresh","token.revoke","auth.attempt","session.start","session.end","delegation.grant","delegation.revoke","scope.elevate","scope.reduce","policy.decide","policy.change","rbac.change","pam.checkout","pam.checkin","jit.request","jit.grant","jit.expire","jit.revoke","approval.request","approval.decide","agent.invoke","tool.invoke","agent.handoff","data.access","api.call","secret.read","secret.write","secret.rotate","secret.delete","code.sign","artifact.attest","build.run","deploy.request","deploy.execute","deploy.rollback","logging.config_change","logging.disable_attempt","source.register","source.key_change","source.heartbeat","source.drop_report","source.retire","unmapped"]},"phase":{"enum":["intent","complete","point"]},"tenant":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[a-z0-9][a-z0-9._-]*$"},"time":{"type":"object","additionalProperties":false,"required":["occurred"],"properties":{"occurred":{"$ref":"#/$defs/time"},"observed":{"$ref":"#/$defs/time"},"clock":{"type":"object","additionalProperties":false,"required":["sync"],"properties":{"sync":{"$ref":"#/$defs/clockSync"},"err_ms":{"$ref":"#/$defs/count"},"ref":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}}}}},"src":{"type":"object","additionalProperties":false,"required":["id","format"],"properties":{"id":{"$ref":"#/$defs/sourceId"},"epoch":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"seq":{"$ref":"#/$defs/count"},"prev":{"type":["string","null"],"pattern":"^[0-9a-f]{64}$"},"format":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"orig_id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}},"dependentRequired":{"epoch":["seq"],"seq":["epoch","prev"],"prev":["seq"]},"if":{"required":["seq"]},"then":{"if":{"properties":{"seq":{"const":0}}},"then":{"properties":{"prev":{"type":"null"}}},"else":{"properties":{"prev":{"type":"string"}}}}},"actor":{"type":"object","additionalProperties":false,"required":["type","id"],"properties":{"type":{"$ref":"#/$defs/actorType"},"id":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"name":{"type":"string","minLength":1,"maxLength":256},"issuer":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"instance":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"version":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"framework":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"model":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"env":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"owner":{"type":"object","additionalProperties":false,"required":["id"],"properties":{"id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"type":{"enum":["human","team","service","unknown"]}}}}},"cred":{"type":"object","additionalProperties":false,"required":["type"],"properties":{"type":{"enum":["oauth_access_token","oauth_refresh_token","id_token","jwt_svid","x509_svid","x509_cert","api_key","pat","ssh_key","vault_token","aws_sts","aws_access_key","k8s_sa_token","client_secret","github_app_token","password","none","other"]},"id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"fp":{"type":"string","minLength":1,"maxLength":128,"pattern":"^(hmac-sha256|sha256|sd):[A-Za-z0-9+/=_-]+$"},"issued_at":{"$ref":"#/$defs/time"},"expires_at":{"$ref":"#/$defs/time"},"scopes":{"type":"array","maxItems":64,"items":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}},"binding":{"enum":["dpop","mtls","http_sig","none","unknown"]}}},"deleg":{"type":"array","maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["type","id"],"properties":{"type":{"$ref":"#/$defs/actorType"},"id":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"via":{"enum":["user_grant","token_exchange","impersonation","role_assume","sub_agent","schedule","webhook","unknown"]},"scopes":{"type":"array","maxItems":64,"items":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}},"token_id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}}}},"action":{"type":"object","additionalProperties":false,"required":["name","class"],"properties":{"name":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"class":{"enum":["read","write","admin","auth","exec","sign","deploy","log"]},"privileged":{"type":"boolean"}}},"res":{"type":"array","maxItems":32,"items":{"type":"object","additionalProperties":false,"required":["type","id"],"properties":{"type":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"id":{"type":"string","minLength":1,"maxLength":1024,"format":"nhi-identifier"},"name":{"type":"string","minLength":1,"maxLength":256},"version":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"digest":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"},"env":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"}}}},"decision":{"type":"object","additionalProperties":false,"required":["effect"],"properties":{"effect":{"enum":["allow","deny","escalate","abstain","not_evaluated"]},"engine":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"policy":{"type":"array","maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["id"],"properties":{"id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"version":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"digest":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"}}}},"reason":{"type":"string","minLength":1,"maxLength":512},"risk":{"type":"string","minLength":1,"maxLength":32},"attestation":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}}},"approval":{"type":"object","additionalProperties":false,"required":["state"],"properties":{"state":{"enum":["not_required","pending","granted","denied","expired","revoked","auto"]},"id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"ticket":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"by":{"type":"array","maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["id"],"properties":{"id":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"type":{"$ref":"#/$defs/actorType"},"at":{"$ref":"#/$defs/time"},"sig":{"type":"string","minLength":1,"maxLength":2048}}}},"not_before":{"$ref":"#/$defs/time"},"not_after":{"$ref":"#/$defs/time"},"max_uses":{"$ref":"#/$defs/count"}}},"tool":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"server":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"protocol":{"enum":["mcp","a2a","function","shell","http","sql","k8s","other"]},"call_id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"def_digest":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"}}},"artifact":{"type":"object","additionalProperties":false,"required":["digest"],"properties":{"name":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"digest":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"},"sig_ref":{"type":"string","minLength":1,"maxLength":1024,"format":"nhi-identifier"},"prov_ref":{"type":"string","minLength":1,"maxLength":1024,"format":"nhi-identifier"},"commit":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"}}},"change":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"before":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"},"after":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"}}},"ctx":{"type":"object","additionalProperties":false,"properties":{"request_id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"session_id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"trace_id":{"type":"string","pattern":"^[0-9a-f]{32}$"},"span_id":{"type":"string","pattern":"^[0-9a-f]{16}$"},"parent_id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"caused_by":{"type":"array","maxItems":16,"items":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}},"seen":{"type":"object","additionalProperties":false,"required":["size","root"],"properties":{"size":{"$ref":"#/$defs/count"},"root":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"},"note":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}}}}},"outcome":{"type":"object","additionalProperties":false,"required":["result"],"properties":{"result":{"enum":["success","failure","denied","timeout","escalated","partial","pending","unknown"]},"code":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"error":{"type":"string","minLength":1,"maxLength":512}}},"sd":{"type":"object","maxProperties":64,"propertyNames":{"maxLength":256,"pattern":"^(/([^~/]|~[01])*)+$","format":"nhi-identifier"},"additionalProperties":{"type":"string","pattern":"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"}},"ext":{"type":"object","maxProperties":32,"propertyNames":{"maxLength":128,"pattern":"^[A-Za-z][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)+$"}},"body":{"type":"object"}},"allOf":[{"if":{"properties":{"kind":{"enum":["source.register","source.key_change","source.heartbeat","source.drop_report","source.retire"]}},"required":["kind"]},"then":{"required":["body"],"properties":{"ext":false}},"else":{"properties":{"body":false}}},{"if":{"properties":{"kind":{"const":"source.register"}},"required":["kind"]},"then":{"properties":{"body":{"$ref":"#/$defs/sourceRegister"}}}},{"if":{"properties":{"kind":{"const":"source.key_change"}},"required":["kind"]},"then":{"properties":{"body":{"$ref":"#/$defs/sourceKeyChange"}}}},{"if":{"properties":{"kind":{"const":"source.heartbeat"}},"required":["kind"]},"then":{"properties":{"body":{"$ref":"#/$defs/sourceHeartbeat"}}}},{"if":{"properties":{"kind":{"const":"source.drop_report"}},"required":["kind"]},"then":{"properties":{"body":{"$ref":"#/$defs/sourceDropReport"}}}},{"if":{"properties":{"kind":{"const":"source.retire"}},"required":["kind"]},"then":{"properties":{"body":{"$ref":"#/$defs/sourceRetire"}}}}],"$defs":{"time":{"type":"string","maxLength":30,"pattern":"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?Z$","format":"nhi-time"},"count":{"type":"integer","minimum":0,"maximum":9007199254740991},"actorType":{"enum":["ai_agent","sub_agent","service_account","workload","api_key","ci_job","bot","tool","human","system","unauthenticated","unknown"]},"clockSync":{"enum":["ptp","ntp","nts","roughtime","cloud","none","unknown"]},"sourceId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9._:/-]+$"},"publicKey":{"type":"object","additionalProperties":false,"required":["alg","kid","public"],"properties":{"alg":{"enum":["ed25519","es256"]},"kid":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"public":{"type":"string","minLength":60,"maxLength":124,"pattern":"^[A-Za-z0-9+/]+={0,2}$"}}},"sourceRegister":{"type":"object","additionalProperties":false,"required":["source","type","seq_mode"],"properties":{"source":{"$ref":"#/$defs/sourceId"},"type":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"adapter":{"type":"string","maxLength":64,"pattern":"^[a-z0-9][a-z0-9._-]*$"},"seq_mode":{"enum":["native","forwarder","digest_chain","none"]},"period_s":{"type":"integer","minimum":1,"maximum":604800},"clock":{"$ref":"#/$defs/clockSync"},"auth":{"enum":["token","mtls","jwks","none"]},"auth_id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"key":{"$ref":"#/$defs/publicKey"}}},"sourceKeyChange":{"type":"object","additionalProperties":false,"required":["source","key","reason"],"properties":{"source":{"$ref":"#/$defs/sourceId"},"key":{"if":{"type":"object"},"then":{"$ref":"#/$defs/publicKey"},"else":{"type":"null"}},"old_kid":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"reason":{"enum":["rotation","compromise","lost","other"]},"epoch":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"from_seq":{"$ref":"#/$defs/count"}},"dependentRequired":{"epoch":["from_seq"],"from_seq":["epoch"]}},"sourceHeartbeat":{"type":"object","additionalProperties":false,"required":["last_seq","dropped_total"],"properties":{"last_seq":{"type":["integer","null"],"minimum":0,"maximum":9007199254740991},"dropped_total":{"$ref":"#/$defs/count"},"period_s":{"type":"integer","minimum":1,"maximum":604800},"spooled":{"$ref":"#/$defs/count"},"final":{"type":"boolean"},"chain":{"type":"object","additionalProperties":false,"required":["result","id"],"properties":{"result":{"enum":["verified","broken","unverified"]},"id":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"digest":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"},"prev_digest":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"},"files":{"$ref":"#/$defs/count"}}}}},"sourceDropReport":{"type":"object","additionalProperties":false,"required":["count","reason"],"properties":{"source":{"$ref":"#/$defs/sourceId"},"count":{"type":"integer","minimum":1,"maximum":9007199254740991},"reason":{"enum":["overflow","too_large","secret","unparsable","sink_down","expired","filtered","unknown"]},"dropped_total":{"$ref":"#/$defs/count"},"epoch":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"from_seq":{"$ref":"#/$defs/count"},"to_seq":{"$ref":"#/$defs/count"},"since":{"$ref":"#/$defs/time"},"until":{"$ref":"#/$defs/time"},"metric":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}},"dependentRequired":{"epoch":["from_seq","to_seq"],"from_seq":["epoch","to_seq"],"to_seq":["epoch","from_seq"]}},"sourceRetire":{"type":"object","additionalProperties":false,"required":["source","reason"],"properties":{"source":{"$ref":"#/$defs/sourceId"},"reason":{"enum":["decommissioned","replaced","compromised","other"]},"last_epoch":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"last_seq":{"$ref":"#/$defs/count"},"successor":{"$ref":"#/$defs/sourceId"}},"dependentRequired":{"last_epoch":["last_seq"],"last_seq":["last_epoch"]}}}};
const schema7 = {"type":"object","additionalProperties":false,"required":["source","type","seq_mode"],"properties":{"source":{"$ref":"#/$defs/sourceId"},"type":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"adapter":{"type":"string","maxLength":64,"pattern":"^[a-z0-9][a-z0-9._-]*$"},"seq_mode":{"enum":["native","forwarder","digest_chain","none"]},"period_s":{"type":"integer","minimum":1,"maximum":604800},"clock":{"$ref":"#/$defs/clockSync"},"auth":{"enum":["token","mtls","jwks","none"]},"auth_id":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"},"key":{"$ref":"#/$defs/publicKey"}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = (text) => { let n = 0; for (const _ of text) n++; return n; };
const schema8 = {"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9._:/-]+$"};
const pattern0 = new RegExp("^[A-Za-z0-9._:/-]+$", "u");

function validate23(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(typeof data === "string"){
if(func3(data) > 128){
validate23.errors = [{instancePath,schemaPath:"#/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data) < 1){
validate23.errors = [{instancePath,schemaPath:"#/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
else {
if(!pattern0.test(data)){
validate23.errors = [{instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:/-]+$"}}];
return false;
}
}
}
}
else {
validate23.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
validate23.errors = vErrors;
return errors === 0;
}

const schema9 = {"enum":["ptp","ntp","nts","roughtime","cloud","none","unknown"]};

function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(!(((((((data === "ptp") || (data === "ntp")) || (data === "nts")) || (data === "roughtime")) || (data === "cloud")) || (data === "none")) || (data === "unknown"))){
validate25.errors = [{instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema9.enum}}];
return false;
}
validate25.errors = vErrors;
return errors === 0;
}

const schema10 = {"type":"object","additionalProperties":false,"required":["alg","kid","public"],"properties":{"alg":{"enum":["ed25519","es256"]},"kid":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"public":{"type":"string","minLength":60,"maxLength":124,"pattern":"^[A-Za-z0-9+/]+={0,2}$"}}};
const pattern2 = new RegExp("^[A-Za-z0-9+/]+={0,2}$", "u");

function validate27(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.alg === undefined) && (missing0 = "alg")) || ((data.kid === undefined) && (missing0 = "kid"))) || ((data.public === undefined) && (missing0 = "public"))){
validate27.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "alg") || (key0 === "kid")) || (key0 === "public"))){
validate27.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.alg !== undefined){
let data0 = data.alg;
const _errs2 = errors;
if(!((data0 === "ed25519") || (data0 === "es256"))){
validate27.errors = [{instancePath:instancePath+"/alg",schemaPath:"#/properties/alg/enum",keyword:"enum",params:{allowedValues: schema10.properties.alg.enum}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.kid !== undefined){
let data1 = data.kid;
const _errs3 = errors;
if(errors === _errs3){
if(errors === _errs3){
if(typeof data1 === "string"){
if(func3(data1) > 128){
validate27.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data1) < 1){
validate27.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate27.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.public !== undefined){
let data2 = data.public;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data2 === "string"){
if(func3(data2) > 124){
validate27.errors = [{instancePath:instancePath+"/public",schemaPath:"#/properties/public/maxLength",keyword:"maxLength",params:{limit: 124}}];
return false;
}
else {
if(func3(data2) < 60){
validate27.errors = [{instancePath:instancePath+"/public",schemaPath:"#/properties/public/minLength",keyword:"minLength",params:{limit: 60}}];
return false;
}
else {
if(!pattern2.test(data2)){
validate27.errors = [{instancePath:instancePath+"/public",schemaPath:"#/properties/public/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]+={0,2}$"}}];
return false;
}
}
}
}
else {
validate27.errors = [{instancePath:instancePath+"/public",schemaPath:"#/properties/public/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate27.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate27.errors = vErrors;
return errors === 0;
}

const pattern1 = new RegExp("^[a-z0-9][a-z0-9._-]*$", "u");

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.source === undefined) && (missing0 = "source")) || ((data.type === undefined) && (missing0 = "type"))) || ((data.seq_mode === undefined) && (missing0 = "seq_mode"))){
validate22.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(func2.call(schema7.properties, key0))){
validate22.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.source !== undefined){
const _errs2 = errors;
if(!(validate23(data.source, {instancePath:instancePath+"/source",parentData:data,parentDataProperty:"source",rootData}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.type !== undefined){
let data1 = data.type;
const _errs3 = errors;
if(errors === _errs3){
if(errors === _errs3){
if(typeof data1 === "string"){
if(func3(data1) > 64){
validate22.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data1) < 1){
validate22.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate22.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.adapter !== undefined){
let data2 = data.adapter;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data2 === "string"){
if(func3(data2) > 64){
validate22.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(!pattern1.test(data2)){
validate22.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]*$"}}];
return false;
}
}
}
else {
validate22.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.seq_mode !== undefined){
let data3 = data.seq_mode;
const _errs7 = errors;
if(!((((data3 === "native") || (data3 === "forwarder")) || (data3 === "digest_chain")) || (data3 === "none"))){
validate22.errors = [{instancePath:instancePath+"/seq_mode",schemaPath:"#/properties/seq_mode/enum",keyword:"enum",params:{allowedValues: schema7.properties.seq_mode.enum}}];
return false;
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.period_s !== undefined){
let data4 = data.period_s;
const _errs8 = errors;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
validate22.errors = [{instancePath:instancePath+"/period_s",schemaPath:"#/properties/period_s/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs8){
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 604800 || isNaN(data4)){
validate22.errors = [{instancePath:instancePath+"/period_s",schemaPath:"#/properties/period_s/maximum",keyword:"maximum",params:{comparison: "<=", limit: 604800}}];
return false;
}
else {
if(data4 < 1 || isNaN(data4)){
validate22.errors = [{instancePath:instancePath+"/period_s",schemaPath:"#/properties/period_s/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}}];
return false;
}
}
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.clock !== undefined){
const _errs10 = errors;
if(!(validate25(data.clock, {instancePath:instancePath+"/clock",parentData:data,parentDataProperty:"clock",rootData}))){
vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
errors = vErrors.length;
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.auth !== undefined){
let data6 = data.auth;
const _errs11 = errors;
if(!((((data6 === "token") || (data6 === "mtls")) || (data6 === "jwks")) || (data6 === "none"))){
validate22.errors = [{instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/enum",keyword:"enum",params:{allowedValues: schema7.properties.auth.enum}}];
return false;
}
var valid0 = _errs11 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.auth_id !== undefined){
let data7 = data.auth_id;
const _errs12 = errors;
if(errors === _errs12){
if(errors === _errs12){
if(typeof data7 === "string"){
if(func3(data7) > 256){
validate22.errors = [{instancePath:instancePath+"/auth_id",schemaPath:"#/properties/auth_id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data7) < 1){
validate22.errors = [{instancePath:instancePath+"/auth_id",schemaPath:"#/properties/auth_id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate22.errors = [{instancePath:instancePath+"/auth_id",schemaPath:"#/properties/auth_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.key !== undefined){
const _errs14 = errors;
if(!(validate27(data.key, {instancePath:instancePath+"/key",parentData:data,parentDataProperty:"key",rootData}))){
vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
errors = vErrors.length;
}
var valid0 = _errs14 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate22.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate22.errors = vErrors;
return errors === 0;
}

const schema11 = {"type":"object","additionalProperties":false,"required":["source","key","reason"],"properties":{"source":{"$ref":"#/$defs/sourceId"},"key":{"if":{"type":"object"},"then":{"$ref":"#/$defs/publicKey"},"else":{"type":"null"}},"old_kid":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"reason":{"enum":["rotation","compromise","lost","other"]},"epoch":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"from_seq":{"$ref":"#/$defs/count"}},"dependentRequired":{"epoch":["from_seq"],"from_seq":["epoch"]}};
const schema12 = {"type":"integer","minimum":0,"maximum":9007199254740991};

function validate33(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(!(((typeof data == "number") && (!(data % 1) && !isNaN(data))) && (isFinite(data)))){
validate33.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === 0){
if((typeof data == "number") && (isFinite(data))){
if(data > 9007199254740991 || isNaN(data)){
validate33.errors = [{instancePath,schemaPath:"#/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data < 0 || isNaN(data)){
validate33.errors = [{instancePath,schemaPath:"#/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
validate33.errors = vErrors;
return errors === 0;
}


function validate30(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.source === undefined) && (missing0 = "source")) || ((data.key === undefined) && (missing0 = "key"))) || ((data.reason === undefined) && (missing0 = "reason"))){
validate30.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((((key0 === "source") || (key0 === "key")) || (key0 === "old_kid")) || (key0 === "reason")) || (key0 === "epoch")) || (key0 === "from_seq"))){
validate30.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.source !== undefined){
const _errs2 = errors;
if(!(validate23(data.source, {instancePath:instancePath+"/source",parentData:data,parentDataProperty:"source",rootData}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.key !== undefined){
let data1 = data.key;
const _errs3 = errors;
const _errs4 = errors;
let valid1 = true;
const _errs5 = errors;
if(!(data1 && typeof data1 == "object" && !Array.isArray(data1))){
const err0 = {};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
var _valid0 = _errs5 === errors;
errors = _errs4;
if(vErrors !== null){
if(_errs4){
vErrors.length = _errs4;
}
else {
vErrors = null;
}
}
let ifClause0;
if(_valid0){
const _errs7 = errors;
if(!(validate27(data1, {instancePath:instancePath+"/key",parentData:data,parentDataProperty:"key",rootData}))){
vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
errors = vErrors.length;
}
var _valid0 = _errs7 === errors;
valid1 = _valid0;
ifClause0 = "then";
}
else {
const _errs8 = errors;
if(data1 !== null){
validate30.errors = [{instancePath:instancePath+"/key",schemaPath:"#/properties/key/else/type",keyword:"type",params:{type: "null"}}];
return false;
}
var _valid0 = _errs8 === errors;
valid1 = _valid0;
ifClause0 = "else";
}
if(!valid1){
const err1 = {instancePath:instancePath+"/key",schemaPath:"#/properties/key/if",keyword:"if",params:{failingKeyword: ifClause0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
validate30.errors = vErrors;
return false;
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.old_kid !== undefined){
let data2 = data.old_kid;
const _errs10 = errors;
if(errors === _errs10){
if(errors === _errs10){
if(typeof data2 === "string"){
if(func3(data2) > 128){
validate30.errors = [{instancePath:instancePath+"/old_kid",schemaPath:"#/properties/old_kid/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data2) < 1){
validate30.errors = [{instancePath:instancePath+"/old_kid",schemaPath:"#/properties/old_kid/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate30.errors = [{instancePath:instancePath+"/old_kid",schemaPath:"#/properties/old_kid/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.reason !== undefined){
let data3 = data.reason;
const _errs12 = errors;
if(!((((data3 === "rotation") || (data3 === "compromise")) || (data3 === "lost")) || (data3 === "other"))){
validate30.errors = [{instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/enum",keyword:"enum",params:{allowedValues: schema11.properties.reason.enum}}];
return false;
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.epoch !== undefined){
let data4 = data.epoch;
const _errs13 = errors;
if(errors === _errs13){
if(errors === _errs13){
if(typeof data4 === "string"){
if(func3(data4) > 64){
validate30.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data4) < 1){
validate30.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate30.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs13 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.from_seq !== undefined){
const _errs15 = errors;
if(!(validate33(data.from_seq, {instancePath:instancePath+"/from_seq",parentData:data,parentDataProperty:"from_seq",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid0 = _errs15 === errors;
}
else {
var valid0 = true;
}
if(valid0){
let missing1;
if(data.epoch !== undefined && ((data.from_seq === undefined) && (missing1 = "from_seq"))){
validate30.errors = [{instancePath,schemaPath:"#/dependentRequired",keyword:"dependentRequired",params:{property: "epoch",
    missingProperty: missing1,
    depsCount: 1,
    deps: "from_seq"}}];
return false;
}
else {
if(data.from_seq !== undefined && ((data.epoch === undefined) && (missing1 = "epoch"))){
validate30.errors = [{instancePath,schemaPath:"#/dependentRequired",keyword:"dependentRequired",params:{property: "from_seq",
    missingProperty: missing1,
    depsCount: 1,
    deps: "epoch"}}];
return false;
}
}
}
}
}
}
}
}
}
}
}
else {
validate30.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate30.errors = vErrors;
return errors === 0;
}

const schema13 = {"type":"object","additionalProperties":false,"required":["last_seq","dropped_total"],"properties":{"last_seq":{"type":["integer","null"],"minimum":0,"maximum":9007199254740991},"dropped_total":{"$ref":"#/$defs/count"},"period_s":{"type":"integer","minimum":1,"maximum":604800},"spooled":{"$ref":"#/$defs/count"},"final":{"type":"boolean"},"chain":{"type":"object","additionalProperties":false,"required":["result","id"],"properties":{"result":{"enum":["verified","broken","unverified"]},"id":{"type":"string","minLength":1,"maxLength":512,"format":"nhi-identifier"},"digest":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"},"prev_digest":{"type":"string","minLength":1,"maxLength":160,"format":"nhi-identifier"},"files":{"$ref":"#/$defs/count"}}}}};

function validate36(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.last_seq === undefined) && (missing0 = "last_seq")) || ((data.dropped_total === undefined) && (missing0 = "dropped_total"))){
validate36.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((((key0 === "last_seq") || (key0 === "dropped_total")) || (key0 === "period_s")) || (key0 === "spooled")) || (key0 === "final")) || (key0 === "chain"))){
validate36.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.last_seq !== undefined){
let data0 = data.last_seq;
const _errs2 = errors;
if((!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))) && (data0 !== null)){
validate36.errors = [{instancePath:instancePath+"/last_seq",schemaPath:"#/properties/last_seq/type",keyword:"type",params:{type: schema13.properties.last_seq.type}}];
return false;
}
if(errors === _errs2){
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 9007199254740991 || isNaN(data0)){
validate36.errors = [{instancePath:instancePath+"/last_seq",schemaPath:"#/properties/last_seq/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data0 < 0 || isNaN(data0)){
validate36.errors = [{instancePath:instancePath+"/last_seq",schemaPath:"#/properties/last_seq/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.dropped_total !== undefined){
const _errs4 = errors;
if(!(validate33(data.dropped_total, {instancePath:instancePath+"/dropped_total",parentData:data,parentDataProperty:"dropped_total",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.period_s !== undefined){
let data2 = data.period_s;
const _errs5 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
validate36.errors = [{instancePath:instancePath+"/period_s",schemaPath:"#/properties/period_s/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs5){
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 604800 || isNaN(data2)){
validate36.errors = [{instancePath:instancePath+"/period_s",schemaPath:"#/properties/period_s/maximum",keyword:"maximum",params:{comparison: "<=", limit: 604800}}];
return false;
}
else {
if(data2 < 1 || isNaN(data2)){
validate36.errors = [{instancePath:instancePath+"/period_s",schemaPath:"#/properties/period_s/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}}];
return false;
}
}
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.spooled !== undefined){
const _errs7 = errors;
if(!(validate33(data.spooled, {instancePath:instancePath+"/spooled",parentData:data,parentDataProperty:"spooled",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.final !== undefined){
const _errs8 = errors;
if(typeof data.final !== "boolean"){
validate36.errors = [{instancePath:instancePath+"/final",schemaPath:"#/properties/final/type",keyword:"type",params:{type: "boolean"}}];
return false;
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.chain !== undefined){
let data5 = data.chain;
const _errs10 = errors;
if(errors === _errs10){
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
let missing1;
if(((data5.result === undefined) && (missing1 = "result")) || ((data5.id === undefined) && (missing1 = "id"))){
validate36.errors = [{instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/required",keyword:"required",params:{missingProperty: missing1}}];
return false;
}
else {
const _errs12 = errors;
for(const key1 in data5){
if(!(((((key1 === "result") || (key1 === "id")) || (key1 === "digest")) || (key1 === "prev_digest")) || (key1 === "files"))){
validate36.errors = [{instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}}];
return false;
break;
}
}
if(_errs12 === errors){
if(data5.result !== undefined){
let data6 = data5.result;
const _errs13 = errors;
if(!(((data6 === "verified") || (data6 === "broken")) || (data6 === "unverified"))){
validate36.errors = [{instancePath:instancePath+"/chain/result",schemaPath:"#/properties/chain/properties/result/enum",keyword:"enum",params:{allowedValues: schema13.properties.chain.properties.result.enum}}];
return false;
}
var valid1 = _errs13 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data5.id !== undefined){
let data7 = data5.id;
const _errs14 = errors;
if(errors === _errs14){
if(errors === _errs14){
if(typeof data7 === "string"){
if(func3(data7) > 512){
validate36.errors = [{instancePath:instancePath+"/chain/id",schemaPath:"#/properties/chain/properties/id/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data7) < 1){
validate36.errors = [{instancePath:instancePath+"/chain/id",schemaPath:"#/properties/chain/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate36.errors = [{instancePath:instancePath+"/chain/id",schemaPath:"#/properties/chain/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid1 = _errs14 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data5.digest !== undefined){
let data8 = data5.digest;
const _errs16 = errors;
if(errors === _errs16){
if(errors === _errs16){
if(typeof data8 === "string"){
if(func3(data8) > 160){
validate36.errors = [{instancePath:instancePath+"/chain/digest",schemaPath:"#/properties/chain/properties/digest/maxLength",keyword:"maxLength",params:{limit: 160}}];
return false;
}
else {
if(func3(data8) < 1){
validate36.errors = [{instancePath:instancePath+"/chain/digest",schemaPath:"#/properties/chain/properties/digest/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate36.errors = [{instancePath:instancePath+"/chain/digest",schemaPath:"#/properties/chain/properties/digest/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid1 = _errs16 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data5.prev_digest !== undefined){
let data9 = data5.prev_digest;
const _errs18 = errors;
if(errors === _errs18){
if(errors === _errs18){
if(typeof data9 === "string"){
if(func3(data9) > 160){
validate36.errors = [{instancePath:instancePath+"/chain/prev_digest",schemaPath:"#/properties/chain/properties/prev_digest/maxLength",keyword:"maxLength",params:{limit: 160}}];
return false;
}
else {
if(func3(data9) < 1){
validate36.errors = [{instancePath:instancePath+"/chain/prev_digest",schemaPath:"#/properties/chain/properties/prev_digest/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate36.errors = [{instancePath:instancePath+"/chain/prev_digest",schemaPath:"#/properties/chain/properties/prev_digest/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid1 = _errs18 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data5.files !== undefined){
const _errs20 = errors;
if(!(validate33(data5.files, {instancePath:instancePath+"/chain/files",parentData:data5,parentDataProperty:"files",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid1 = _errs20 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
}
}
else {
validate36.errors = [{instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
else {
validate36.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate36.errors = vErrors;
return errors === 0;
}

const schema14 = {"type":"object","additionalProperties":false,"required":["count","reason"],"properties":{"source":{"$ref":"#/$defs/sourceId"},"count":{"type":"integer","minimum":1,"maximum":9007199254740991},"reason":{"enum":["overflow","too_large","secret","unparsable","sink_down","expired","filtered","unknown"]},"dropped_total":{"$ref":"#/$defs/count"},"epoch":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"from_seq":{"$ref":"#/$defs/count"},"to_seq":{"$ref":"#/$defs/count"},"since":{"$ref":"#/$defs/time"},"until":{"$ref":"#/$defs/time"},"metric":{"type":"string","minLength":1,"maxLength":256,"format":"nhi-identifier"}},"dependentRequired":{"epoch":["from_seq","to_seq"],"from_seq":["epoch","to_seq"],"to_seq":["epoch","from_seq"]}};
const schema15 = {"type":"string","maxLength":30,"pattern":"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?Z$","format":"nhi-time"};
const pattern3 = new RegExp("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?Z$", "u");

function validate46(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(errors === 0){
if(typeof data === "string"){
if(func3(data) > 30){
validate46.errors = [{instancePath,schemaPath:"#/maxLength",keyword:"maxLength",params:{limit: 30}}];
return false;
}
else {
if(!pattern3.test(data)){
validate46.errors = [{instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?Z$"}}];
return false;
}
}
}
else {
validate46.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
validate46.errors = vErrors;
return errors === 0;
}


function validate41(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.count === undefined) && (missing0 = "count")) || ((data.reason === undefined) && (missing0 = "reason"))){
validate41.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(func2.call(schema14.properties, key0))){
validate41.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.source !== undefined){
const _errs2 = errors;
if(!(validate23(data.source, {instancePath:instancePath+"/source",parentData:data,parentDataProperty:"source",rootData}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.count !== undefined){
let data1 = data.count;
const _errs3 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
validate41.errors = [{instancePath:instancePath+"/count",schemaPath:"#/properties/count/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs3){
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 9007199254740991 || isNaN(data1)){
validate41.errors = [{instancePath:instancePath+"/count",schemaPath:"#/properties/count/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data1 < 1 || isNaN(data1)){
validate41.errors = [{instancePath:instancePath+"/count",schemaPath:"#/properties/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}}];
return false;
}
}
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.reason !== undefined){
let data2 = data.reason;
const _errs5 = errors;
if(!((((((((data2 === "overflow") || (data2 === "too_large")) || (data2 === "secret")) || (data2 === "unparsable")) || (data2 === "sink_down")) || (data2 === "expired")) || (data2 === "filtered")) || (data2 === "unknown"))){
validate41.errors = [{instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/enum",keyword:"enum",params:{allowedValues: schema14.properties.reason.enum}}];
return false;
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.dropped_total !== undefined){
const _errs6 = errors;
if(!(validate33(data.dropped_total, {instancePath:instancePath+"/dropped_total",parentData:data,parentDataProperty:"dropped_total",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.epoch !== undefined){
let data4 = data.epoch;
const _errs7 = errors;
if(errors === _errs7){
if(errors === _errs7){
if(typeof data4 === "string"){
if(func3(data4) > 64){
validate41.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data4) < 1){
validate41.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate41.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.from_seq !== undefined){
const _errs9 = errors;
if(!(validate33(data.from_seq, {instancePath:instancePath+"/from_seq",parentData:data,parentDataProperty:"from_seq",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.to_seq !== undefined){
const _errs10 = errors;
if(!(validate33(data.to_seq, {instancePath:instancePath+"/to_seq",parentData:data,parentDataProperty:"to_seq",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.since !== undefined){
const _errs11 = errors;
if(!(validate46(data.since, {instancePath:instancePath+"/since",parentData:data,parentDataProperty:"since",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid0 = _errs11 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.until !== undefined){
const _errs12 = errors;
if(!(validate46(data.until, {instancePath:instancePath+"/until",parentData:data,parentDataProperty:"until",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.metric !== undefined){
let data9 = data.metric;
const _errs13 = errors;
if(errors === _errs13){
if(errors === _errs13){
if(typeof data9 === "string"){
if(func3(data9) > 256){
validate41.errors = [{instancePath:instancePath+"/metric",schemaPath:"#/properties/metric/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data9) < 1){
validate41.errors = [{instancePath:instancePath+"/metric",schemaPath:"#/properties/metric/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate41.errors = [{instancePath:instancePath+"/metric",schemaPath:"#/properties/metric/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs13 === errors;
}
else {
var valid0 = true;
}
if(valid0){
let missing1;
if(data.epoch !== undefined && (((data.from_seq === undefined) && (missing1 = "from_seq")) || ((data.to_seq === undefined) && (missing1 = "to_seq")))){
validate41.errors = [{instancePath,schemaPath:"#/dependentRequired",keyword:"dependentRequired",params:{property: "epoch",
    missingProperty: missing1,
    depsCount: 2,
    deps: "from_seq, to_seq"}}];
return false;
}
else {
if(data.from_seq !== undefined && (((data.epoch === undefined) && (missing1 = "epoch")) || ((data.to_seq === undefined) && (missing1 = "to_seq")))){
validate41.errors = [{instancePath,schemaPath:"#/dependentRequired",keyword:"dependentRequired",params:{property: "from_seq",
    missingProperty: missing1,
    depsCount: 2,
    deps: "epoch, to_seq"}}];
return false;
}
else {
if(data.to_seq !== undefined && (((data.epoch === undefined) && (missing1 = "epoch")) || ((data.from_seq === undefined) && (missing1 = "from_seq")))){
validate41.errors = [{instancePath,schemaPath:"#/dependentRequired",keyword:"dependentRequired",params:{property: "to_seq",
    missingProperty: missing1,
    depsCount: 2,
    deps: "epoch, from_seq"}}];
return false;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate41.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate41.errors = vErrors;
return errors === 0;
}

const schema16 = {"type":"object","additionalProperties":false,"required":["source","reason"],"properties":{"source":{"$ref":"#/$defs/sourceId"},"reason":{"enum":["decommissioned","replaced","compromised","other"]},"last_epoch":{"type":"string","minLength":1,"maxLength":64,"format":"nhi-identifier"},"last_seq":{"$ref":"#/$defs/count"},"successor":{"$ref":"#/$defs/sourceId"}},"dependentRequired":{"last_epoch":["last_seq"],"last_seq":["last_epoch"]}};

function validate50(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.source === undefined) && (missing0 = "source")) || ((data.reason === undefined) && (missing0 = "reason"))){
validate50.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((((key0 === "source") || (key0 === "reason")) || (key0 === "last_epoch")) || (key0 === "last_seq")) || (key0 === "successor"))){
validate50.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.source !== undefined){
const _errs2 = errors;
if(!(validate23(data.source, {instancePath:instancePath+"/source",parentData:data,parentDataProperty:"source",rootData}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.reason !== undefined){
let data1 = data.reason;
const _errs3 = errors;
if(!((((data1 === "decommissioned") || (data1 === "replaced")) || (data1 === "compromised")) || (data1 === "other"))){
validate50.errors = [{instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/enum",keyword:"enum",params:{allowedValues: schema16.properties.reason.enum}}];
return false;
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.last_epoch !== undefined){
let data2 = data.last_epoch;
const _errs4 = errors;
if(errors === _errs4){
if(errors === _errs4){
if(typeof data2 === "string"){
if(func3(data2) > 64){
validate50.errors = [{instancePath:instancePath+"/last_epoch",schemaPath:"#/properties/last_epoch/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data2) < 1){
validate50.errors = [{instancePath:instancePath+"/last_epoch",schemaPath:"#/properties/last_epoch/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate50.errors = [{instancePath:instancePath+"/last_epoch",schemaPath:"#/properties/last_epoch/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.last_seq !== undefined){
const _errs6 = errors;
if(!(validate33(data.last_seq, {instancePath:instancePath+"/last_seq",parentData:data,parentDataProperty:"last_seq",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.successor !== undefined){
const _errs7 = errors;
if(!(validate23(data.successor, {instancePath:instancePath+"/successor",parentData:data,parentDataProperty:"successor",rootData}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
let missing1;
if(data.last_epoch !== undefined && ((data.last_seq === undefined) && (missing1 = "last_seq"))){
validate50.errors = [{instancePath,schemaPath:"#/dependentRequired",keyword:"dependentRequired",params:{property: "last_epoch",
    missingProperty: missing1,
    depsCount: 1,
    deps: "last_seq"}}];
return false;
}
else {
if(data.last_seq !== undefined && ((data.last_epoch === undefined) && (missing1 = "last_epoch"))){
validate50.errors = [{instancePath,schemaPath:"#/dependentRequired",keyword:"dependentRequired",params:{property: "last_seq",
    missingProperty: missing1,
    depsCount: 1,
    deps: "last_epoch"}}];
return false;
}
}
}
}
}
}
}
}
}
}
else {
validate50.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate50.errors = vErrors;
return errors === 0;
}

const schema17 = {"enum":["ai_agent","sub_agent","service_account","workload","api_key","ci_job","bot","tool","human","system","unauthenticated","unknown"]};

function validate61(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(!((((((((((((data === "ai_agent") || (data === "sub_agent")) || (data === "service_account")) || (data === "workload")) || (data === "api_key")) || (data === "ci_job")) || (data === "bot")) || (data === "tool")) || (data === "human")) || (data === "system")) || (data === "unauthenticated")) || (data === "unknown"))){
validate61.errors = [{instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema17.enum}}];
return false;
}
validate61.errors = vErrors;
return errors === 0;
}

const pattern4 = new RegExp("^[A-Za-z0-9._:~-]+$", "u");
const pattern6 = new RegExp("^[0-9a-f]{64}$", "u");
const pattern7 = new RegExp("^(hmac-sha256|sha256|sd):[A-Za-z0-9+/=_-]+$", "u");
const pattern8 = new RegExp("^[0-9a-f]{32}$", "u");
const pattern9 = new RegExp("^[0-9a-f]{16}$", "u");
const pattern10 = new RegExp("^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$", "u");
const pattern12 = new RegExp("^(/([^~/]|~[01])*)+$", "u");
const pattern13 = new RegExp("^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$", "u");
const pattern14 = new RegExp("^[A-Za-z][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)+$", "u");

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://varve.example/schemas/nhi.event.1.schema.json" */;
let vErrors = null;
let errors = 0;
const _errs1 = errors;
const _errs2 = errors;
let valid1 = true;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.kind === undefined) && (missing0 = "kind")){
const err0 = {};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
else {
if(data.kind !== undefined){
let data0 = data.kind;
if(!(((((data0 === "source.register") || (data0 === "source.key_change")) || (data0 === "source.heartbeat")) || (data0 === "source.drop_report")) || (data0 === "source.retire"))){
const err1 = {};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
}
var _valid0 = _errs3 === errors;
errors = _errs2;
if(vErrors !== null){
if(_errs2){
vErrors.length = _errs2;
}
else {
vErrors = null;
}
}
let ifClause0;
if(_valid0){
const _errs5 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing1;
if((data.body === undefined) && (missing1 = "body")){
validate21.errors = [{instancePath,schemaPath:"#/allOf/0/then/required",keyword:"required",params:{missingProperty: missing1}}];
return false;
}
else {
if(data.ext !== undefined){
validate21.errors = [{instancePath:instancePath+"/ext",schemaPath:"#/allOf/0/then/properties/ext/false schema",keyword:"false schema",params:{}}];
return false;
}
}
}
var _valid0 = _errs5 === errors;
valid1 = _valid0;
ifClause0 = "then";
}
else {
const _errs6 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.body !== undefined){
validate21.errors = [{instancePath:instancePath+"/body",schemaPath:"#/allOf/0/else/properties/body/false schema",keyword:"false schema",params:{}}];
return false;
}
}
var _valid0 = _errs6 === errors;
valid1 = _valid0;
ifClause0 = "else";
}
if(!valid1){
const err2 = {instancePath,schemaPath:"#/allOf/0/if",keyword:"if",params:{failingKeyword: ifClause0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
validate21.errors = vErrors;
return false;
}
var valid0 = _errs1 === errors;
if(valid0){
const _errs7 = errors;
const _errs8 = errors;
let valid5 = true;
const _errs9 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing2;
if((data.kind === undefined) && (missing2 = "kind")){
const err3 = {};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
else {
if(data.kind !== undefined){
if("source.register" !== data.kind){
const err4 = {};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
}
var _valid1 = _errs9 === errors;
errors = _errs8;
if(vErrors !== null){
if(_errs8){
vErrors.length = _errs8;
}
else {
vErrors = null;
}
}
if(_valid1){
const _errs11 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.body !== undefined){
if(!(validate22(data.body, {instancePath:instancePath+"/body",parentData:data,parentDataProperty:"body",rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
var _valid1 = _errs11 === errors;
valid5 = _valid1;
}
if(!valid5){
const err5 = {instancePath,schemaPath:"#/allOf/1/if",keyword:"if",params:{failingKeyword: "then"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
validate21.errors = vErrors;
return false;
}
var valid0 = _errs7 === errors;
if(valid0){
const _errs13 = errors;
const _errs14 = errors;
let valid8 = true;
const _errs15 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing3;
if((data.kind === undefined) && (missing3 = "kind")){
const err6 = {};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
else {
if(data.kind !== undefined){
if("source.key_change" !== data.kind){
const err7 = {};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
}
var _valid2 = _errs15 === errors;
errors = _errs14;
if(vErrors !== null){
if(_errs14){
vErrors.length = _errs14;
}
else {
vErrors = null;
}
}
if(_valid2){
const _errs17 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.body !== undefined){
if(!(validate30(data.body, {instancePath:instancePath+"/body",parentData:data,parentDataProperty:"body",rootData}))){
vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
errors = vErrors.length;
}
}
}
var _valid2 = _errs17 === errors;
valid8 = _valid2;
}
if(!valid8){
const err8 = {instancePath,schemaPath:"#/allOf/2/if",keyword:"if",params:{failingKeyword: "then"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
validate21.errors = vErrors;
return false;
}
var valid0 = _errs13 === errors;
if(valid0){
const _errs19 = errors;
const _errs20 = errors;
let valid11 = true;
const _errs21 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing4;
if((data.kind === undefined) && (missing4 = "kind")){
const err9 = {};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
else {
if(data.kind !== undefined){
if("source.heartbeat" !== data.kind){
const err10 = {};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
}
var _valid3 = _errs21 === errors;
errors = _errs20;
if(vErrors !== null){
if(_errs20){
vErrors.length = _errs20;
}
else {
vErrors = null;
}
}
if(_valid3){
const _errs23 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.body !== undefined){
if(!(validate36(data.body, {instancePath:instancePath+"/body",parentData:data,parentDataProperty:"body",rootData}))){
vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
errors = vErrors.length;
}
}
}
var _valid3 = _errs23 === errors;
valid11 = _valid3;
}
if(!valid11){
const err11 = {instancePath,schemaPath:"#/allOf/3/if",keyword:"if",params:{failingKeyword: "then"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
validate21.errors = vErrors;
return false;
}
var valid0 = _errs19 === errors;
if(valid0){
const _errs25 = errors;
const _errs26 = errors;
let valid14 = true;
const _errs27 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing5;
if((data.kind === undefined) && (missing5 = "kind")){
const err12 = {};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
else {
if(data.kind !== undefined){
if("source.drop_report" !== data.kind){
const err13 = {};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
}
var _valid4 = _errs27 === errors;
errors = _errs26;
if(vErrors !== null){
if(_errs26){
vErrors.length = _errs26;
}
else {
vErrors = null;
}
}
if(_valid4){
const _errs29 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.body !== undefined){
if(!(validate41(data.body, {instancePath:instancePath+"/body",parentData:data,parentDataProperty:"body",rootData}))){
vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
errors = vErrors.length;
}
}
}
var _valid4 = _errs29 === errors;
valid14 = _valid4;
}
if(!valid14){
const err14 = {instancePath,schemaPath:"#/allOf/4/if",keyword:"if",params:{failingKeyword: "then"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
validate21.errors = vErrors;
return false;
}
var valid0 = _errs25 === errors;
if(valid0){
const _errs31 = errors;
const _errs32 = errors;
let valid17 = true;
const _errs33 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing6;
if((data.kind === undefined) && (missing6 = "kind")){
const err15 = {};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
else {
if(data.kind !== undefined){
if("source.retire" !== data.kind){
const err16 = {};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
}
var _valid5 = _errs33 === errors;
errors = _errs32;
if(vErrors !== null){
if(_errs32){
vErrors.length = _errs32;
}
else {
vErrors = null;
}
}
if(_valid5){
const _errs35 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.body !== undefined){
if(!(validate50(data.body, {instancePath:instancePath+"/body",parentData:data,parentDataProperty:"body",rootData}))){
vErrors = vErrors === null ? validate50.errors : vErrors.concat(validate50.errors);
errors = vErrors.length;
}
}
}
var _valid5 = _errs35 === errors;
valid17 = _valid5;
}
if(!valid17){
const err17 = {instancePath,schemaPath:"#/allOf/5/if",keyword:"if",params:{failingKeyword: "then"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
validate21.errors = vErrors;
return false;
}
var valid0 = _errs31 === errors;
}
}
}
}
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing7;
if(((((((((((data.v === undefined) && (missing7 = "v")) || ((data.id === undefined) && (missing7 = "id"))) || ((data.kind === undefined) && (missing7 = "kind"))) || ((data.phase === undefined) && (missing7 = "phase"))) || ((data.tenant === undefined) && (missing7 = "tenant"))) || ((data.time === undefined) && (missing7 = "time"))) || ((data.src === undefined) && (missing7 = "src"))) || ((data.actor === undefined) && (missing7 = "actor"))) || ((data.action === undefined) && (missing7 = "action"))) || ((data.outcome === undefined) && (missing7 = "outcome"))){
validate21.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing7}}];
return false;
}
else {
const _errs37 = errors;
for(const key0 in data){
if(!(func2.call(schema6.properties, key0))){
validate21.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs37 === errors){
if(data.v !== undefined){
const _errs38 = errors;
if("nhi.event/1" !== data.v){
validate21.errors = [{instancePath:instancePath+"/v",schemaPath:"#/properties/v/const",keyword:"const",params:{allowedValue: "nhi.event/1"}}];
return false;
}
var valid20 = _errs38 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.id !== undefined){
let data14 = data.id;
const _errs39 = errors;
if(errors === _errs39){
if(typeof data14 === "string"){
if(func3(data14) > 128){
validate21.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data14) < 1){
validate21.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
else {
if(!pattern4.test(data14)){
validate21.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:~-]+$"}}];
return false;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid20 = _errs39 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.kind !== undefined){
let data15 = data.kind;
const _errs41 = errors;
if(!((((((((((((((((((((((((((((((((((((((((((((((((((((((((data15 === "identity.create") || (data15 === "identity.update")) || (data15 === "identity.disable")) || (data15 === "identity.enable")) || (data15 === "identity.delete")) || (data15 === "identity.owner_change")) || (data15 === "credential.issue")) || (data15 === "credential.disable")) || (data15 === "credential.delete")) || (data15 === "credential.expire")) || (data15 === "credential.leak_report")) || (data15 === "token.mint")) || (data15 === "token.exchange")) || (data15 === "token.refresh")) || (data15 === "token.revoke")) || (data15 === "auth.attempt")) || (data15 === "session.start")) || (data15 === "session.end")) || (data15 === "delegation.grant")) || (data15 === "delegation.revoke")) || (data15 === "scope.elevate")) || (data15 === "scope.reduce")) || (data15 === "policy.decide")) || (data15 === "policy.change")) || (data15 === "rbac.change")) || (data15 === "pam.checkout")) || (data15 === "pam.checkin")) || (data15 === "jit.request")) || (data15 === "jit.grant")) || (data15 === "jit.expire")) || (data15 === "jit.revoke")) || (data15 === "approval.request")) || (data15 === "approval.decide")) || (data15 === "agent.invoke")) || (data15 === "tool.invoke")) || (data15 === "agent.handoff")) || (data15 === "data.access")) || (data15 === "api.call")) || (data15 === "secret.read")) || (data15 === "secret.write")) || (data15 === "secret.rotate")) || (data15 === "secret.delete")) || (data15 === "code.sign")) || (data15 === "artifact.attest")) || (data15 === "build.run")) || (data15 === "deploy.request")) || (data15 === "deploy.execute")) || (data15 === "deploy.rollback")) || (data15 === "logging.config_change")) || (data15 === "logging.disable_attempt")) || (data15 === "source.register")) || (data15 === "source.key_change")) || (data15 === "source.heartbeat")) || (data15 === "source.drop_report")) || (data15 === "source.retire")) || (data15 === "unmapped"))){
validate21.errors = [{instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema6.properties.kind.enum}}];
return false;
}
var valid20 = _errs41 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.phase !== undefined){
let data16 = data.phase;
const _errs42 = errors;
if(!(((data16 === "intent") || (data16 === "complete")) || (data16 === "point"))){
validate21.errors = [{instancePath:instancePath+"/phase",schemaPath:"#/properties/phase/enum",keyword:"enum",params:{allowedValues: schema6.properties.phase.enum}}];
return false;
}
var valid20 = _errs42 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.tenant !== undefined){
let data17 = data.tenant;
const _errs43 = errors;
if(errors === _errs43){
if(typeof data17 === "string"){
if(func3(data17) > 64){
validate21.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data17) < 1){
validate21.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
else {
if(!pattern1.test(data17)){
validate21.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]*$"}}];
return false;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid20 = _errs43 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.time !== undefined){
let data18 = data.time;
const _errs45 = errors;
if(errors === _errs45){
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
let missing8;
if((data18.occurred === undefined) && (missing8 = "occurred")){
validate21.errors = [{instancePath:instancePath+"/time",schemaPath:"#/properties/time/required",keyword:"required",params:{missingProperty: missing8}}];
return false;
}
else {
const _errs47 = errors;
for(const key1 in data18){
if(!(((key1 === "occurred") || (key1 === "observed")) || (key1 === "clock"))){
validate21.errors = [{instancePath:instancePath+"/time",schemaPath:"#/properties/time/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}}];
return false;
break;
}
}
if(_errs47 === errors){
if(data18.occurred !== undefined){
const _errs48 = errors;
if(!(validate46(data18.occurred, {instancePath:instancePath+"/time/occurred",parentData:data18,parentDataProperty:"occurred",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid21 = _errs48 === errors;
}
else {
var valid21 = true;
}
if(valid21){
if(data18.observed !== undefined){
const _errs49 = errors;
if(!(validate46(data18.observed, {instancePath:instancePath+"/time/observed",parentData:data18,parentDataProperty:"observed",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid21 = _errs49 === errors;
}
else {
var valid21 = true;
}
if(valid21){
if(data18.clock !== undefined){
let data21 = data18.clock;
const _errs50 = errors;
if(errors === _errs50){
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
let missing9;
if((data21.sync === undefined) && (missing9 = "sync")){
validate21.errors = [{instancePath:instancePath+"/time/clock",schemaPath:"#/properties/time/properties/clock/required",keyword:"required",params:{missingProperty: missing9}}];
return false;
}
else {
const _errs52 = errors;
for(const key2 in data21){
if(!(((key2 === "sync") || (key2 === "err_ms")) || (key2 === "ref"))){
validate21.errors = [{instancePath:instancePath+"/time/clock",schemaPath:"#/properties/time/properties/clock/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}}];
return false;
break;
}
}
if(_errs52 === errors){
if(data21.sync !== undefined){
const _errs53 = errors;
if(!(validate25(data21.sync, {instancePath:instancePath+"/time/clock/sync",parentData:data21,parentDataProperty:"sync",rootData}))){
vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
errors = vErrors.length;
}
var valid22 = _errs53 === errors;
}
else {
var valid22 = true;
}
if(valid22){
if(data21.err_ms !== undefined){
const _errs54 = errors;
if(!(validate33(data21.err_ms, {instancePath:instancePath+"/time/clock/err_ms",parentData:data21,parentDataProperty:"err_ms",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid22 = _errs54 === errors;
}
else {
var valid22 = true;
}
if(valid22){
if(data21.ref !== undefined){
let data24 = data21.ref;
const _errs55 = errors;
if(errors === _errs55){
if(errors === _errs55){
if(typeof data24 === "string"){
if(func3(data24) > 256){
validate21.errors = [{instancePath:instancePath+"/time/clock/ref",schemaPath:"#/properties/time/properties/clock/properties/ref/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data24) < 1){
validate21.errors = [{instancePath:instancePath+"/time/clock/ref",schemaPath:"#/properties/time/properties/clock/properties/ref/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/time/clock/ref",schemaPath:"#/properties/time/properties/clock/properties/ref/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid22 = _errs55 === errors;
}
else {
var valid22 = true;
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/time/clock",schemaPath:"#/properties/time/properties/clock/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid21 = _errs50 === errors;
}
else {
var valid21 = true;
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/time",schemaPath:"#/properties/time/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs45 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.src !== undefined){
let data25 = data.src;
const _errs57 = errors;
const _errs59 = errors;
let valid23 = true;
const _errs60 = errors;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
let missing10;
if((data25.seq === undefined) && (missing10 = "seq")){
const err18 = {};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
var _valid6 = _errs60 === errors;
errors = _errs59;
if(vErrors !== null){
if(_errs59){
vErrors.length = _errs59;
}
else {
vErrors = null;
}
}
if(_valid6){
const _errs61 = errors;
const _errs62 = errors;
let valid24 = true;
const _errs63 = errors;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
if(data25.seq !== undefined){
if(0 !== data25.seq){
const err19 = {};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
var _valid7 = _errs63 === errors;
errors = _errs62;
if(vErrors !== null){
if(_errs62){
vErrors.length = _errs62;
}
else {
vErrors = null;
}
}
let ifClause1;
if(_valid7){
const _errs65 = errors;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
if(data25.prev !== undefined){
if(data25.prev !== null){
validate21.errors = [{instancePath:instancePath+"/src/prev",schemaPath:"#/properties/src/then/then/properties/prev/type",keyword:"type",params:{type: "null"}}];
return false;
}
}
}
var _valid7 = _errs65 === errors;
valid24 = _valid7;
ifClause1 = "then";
}
else {
const _errs68 = errors;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
if(data25.prev !== undefined){
if(typeof data25.prev !== "string"){
validate21.errors = [{instancePath:instancePath+"/src/prev",schemaPath:"#/properties/src/then/else/properties/prev/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var _valid7 = _errs68 === errors;
valid24 = _valid7;
ifClause1 = "else";
}
if(!valid24){
const err20 = {instancePath:instancePath+"/src",schemaPath:"#/properties/src/then/if",keyword:"if",params:{failingKeyword: ifClause1}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
validate21.errors = vErrors;
return false;
}
var _valid6 = _errs61 === errors;
valid23 = _valid6;
}
if(!valid23){
const err21 = {instancePath:instancePath+"/src",schemaPath:"#/properties/src/if",keyword:"if",params:{failingKeyword: "then"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
validate21.errors = vErrors;
return false;
}
if(errors === _errs57){
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
let missing11;
if(((data25.id === undefined) && (missing11 = "id")) || ((data25.format === undefined) && (missing11 = "format"))){
validate21.errors = [{instancePath:instancePath+"/src",schemaPath:"#/properties/src/required",keyword:"required",params:{missingProperty: missing11}}];
return false;
}
else {
const _errs71 = errors;
for(const key3 in data25){
if(!((((((key3 === "id") || (key3 === "epoch")) || (key3 === "seq")) || (key3 === "prev")) || (key3 === "format")) || (key3 === "orig_id"))){
validate21.errors = [{instancePath:instancePath+"/src",schemaPath:"#/properties/src/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}}];
return false;
break;
}
}
if(_errs71 === errors){
if(data25.id !== undefined){
const _errs72 = errors;
if(!(validate23(data25.id, {instancePath:instancePath+"/src/id",parentData:data25,parentDataProperty:"id",rootData}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
var valid28 = _errs72 === errors;
}
else {
var valid28 = true;
}
if(valid28){
if(data25.epoch !== undefined){
let data30 = data25.epoch;
const _errs73 = errors;
if(errors === _errs73){
if(errors === _errs73){
if(typeof data30 === "string"){
if(func3(data30) > 64){
validate21.errors = [{instancePath:instancePath+"/src/epoch",schemaPath:"#/properties/src/properties/epoch/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data30) < 1){
validate21.errors = [{instancePath:instancePath+"/src/epoch",schemaPath:"#/properties/src/properties/epoch/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/src/epoch",schemaPath:"#/properties/src/properties/epoch/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid28 = _errs73 === errors;
}
else {
var valid28 = true;
}
if(valid28){
if(data25.seq !== undefined){
const _errs75 = errors;
if(!(validate33(data25.seq, {instancePath:instancePath+"/src/seq",parentData:data25,parentDataProperty:"seq",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid28 = _errs75 === errors;
}
else {
var valid28 = true;
}
if(valid28){
if(data25.prev !== undefined){
let data32 = data25.prev;
const _errs76 = errors;
if((typeof data32 !== "string") && (data32 !== null)){
validate21.errors = [{instancePath:instancePath+"/src/prev",schemaPath:"#/properties/src/properties/prev/type",keyword:"type",params:{type: schema6.properties.src.properties.prev.type}}];
return false;
}
if(errors === _errs76){
if(typeof data32 === "string"){
if(!pattern6.test(data32)){
validate21.errors = [{instancePath:instancePath+"/src/prev",schemaPath:"#/properties/src/properties/prev/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}}];
return false;
}
}
}
var valid28 = _errs76 === errors;
}
else {
var valid28 = true;
}
if(valid28){
if(data25.format !== undefined){
let data33 = data25.format;
const _errs78 = errors;
if(errors === _errs78){
if(errors === _errs78){
if(typeof data33 === "string"){
if(func3(data33) > 64){
validate21.errors = [{instancePath:instancePath+"/src/format",schemaPath:"#/properties/src/properties/format/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data33) < 1){
validate21.errors = [{instancePath:instancePath+"/src/format",schemaPath:"#/properties/src/properties/format/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/src/format",schemaPath:"#/properties/src/properties/format/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid28 = _errs78 === errors;
}
else {
var valid28 = true;
}
if(valid28){
if(data25.orig_id !== undefined){
let data34 = data25.orig_id;
const _errs80 = errors;
if(errors === _errs80){
if(errors === _errs80){
if(typeof data34 === "string"){
if(func3(data34) > 256){
validate21.errors = [{instancePath:instancePath+"/src/orig_id",schemaPath:"#/properties/src/properties/orig_id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data34) < 1){
validate21.errors = [{instancePath:instancePath+"/src/orig_id",schemaPath:"#/properties/src/properties/orig_id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/src/orig_id",schemaPath:"#/properties/src/properties/orig_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid28 = _errs80 === errors;
}
else {
var valid28 = true;
}
if(valid28){
let missing12;
if(data25.epoch !== undefined && ((data25.seq === undefined) && (missing12 = "seq"))){
validate21.errors = [{instancePath:instancePath+"/src",schemaPath:"#/properties/src/dependentRequired",keyword:"dependentRequired",params:{property: "epoch",
    missingProperty: missing12,
    depsCount: 1,
    deps: "seq"}}];
return false;
}
else {
if(data25.seq !== undefined && (((data25.epoch === undefined) && (missing12 = "epoch")) || ((data25.prev === undefined) && (missing12 = "prev")))){
validate21.errors = [{instancePath:instancePath+"/src",schemaPath:"#/properties/src/dependentRequired",keyword:"dependentRequired",params:{property: "seq",
    missingProperty: missing12,
    depsCount: 2,
    deps: "epoch, prev"}}];
return false;
}
else {
if(data25.prev !== undefined && ((data25.seq === undefined) && (missing12 = "seq"))){
validate21.errors = [{instancePath:instancePath+"/src",schemaPath:"#/properties/src/dependentRequired",keyword:"dependentRequired",params:{property: "prev",
    missingProperty: missing12,
    depsCount: 1,
    deps: "seq"}}];
return false;
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/src",schemaPath:"#/properties/src/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs57 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.actor !== undefined){
let data35 = data.actor;
const _errs82 = errors;
if(errors === _errs82){
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
let missing13;
if(((data35.type === undefined) && (missing13 = "type")) || ((data35.id === undefined) && (missing13 = "id"))){
validate21.errors = [{instancePath:instancePath+"/actor",schemaPath:"#/properties/actor/required",keyword:"required",params:{missingProperty: missing13}}];
return false;
}
else {
const _errs84 = errors;
for(const key4 in data35){
if(!(func2.call(schema6.properties.actor.properties, key4))){
validate21.errors = [{instancePath:instancePath+"/actor",schemaPath:"#/properties/actor/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}}];
return false;
break;
}
}
if(_errs84 === errors){
if(data35.type !== undefined){
const _errs85 = errors;
if(!(validate61(data35.type, {instancePath:instancePath+"/actor/type",parentData:data35,parentDataProperty:"type",rootData}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
var valid29 = _errs85 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.id !== undefined){
let data37 = data35.id;
const _errs86 = errors;
if(errors === _errs86){
if(errors === _errs86){
if(typeof data37 === "string"){
if(func3(data37) > 512){
validate21.errors = [{instancePath:instancePath+"/actor/id",schemaPath:"#/properties/actor/properties/id/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data37) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/id",schemaPath:"#/properties/actor/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/id",schemaPath:"#/properties/actor/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid29 = _errs86 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.name !== undefined){
let data38 = data35.name;
const _errs88 = errors;
if(errors === _errs88){
if(typeof data38 === "string"){
if(func3(data38) > 256){
validate21.errors = [{instancePath:instancePath+"/actor/name",schemaPath:"#/properties/actor/properties/name/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data38) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/name",schemaPath:"#/properties/actor/properties/name/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/name",schemaPath:"#/properties/actor/properties/name/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid29 = _errs88 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.issuer !== undefined){
let data39 = data35.issuer;
const _errs90 = errors;
if(errors === _errs90){
if(errors === _errs90){
if(typeof data39 === "string"){
if(func3(data39) > 512){
validate21.errors = [{instancePath:instancePath+"/actor/issuer",schemaPath:"#/properties/actor/properties/issuer/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data39) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/issuer",schemaPath:"#/properties/actor/properties/issuer/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/issuer",schemaPath:"#/properties/actor/properties/issuer/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid29 = _errs90 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.instance !== undefined){
let data40 = data35.instance;
const _errs92 = errors;
if(errors === _errs92){
if(errors === _errs92){
if(typeof data40 === "string"){
if(func3(data40) > 256){
validate21.errors = [{instancePath:instancePath+"/actor/instance",schemaPath:"#/properties/actor/properties/instance/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data40) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/instance",schemaPath:"#/properties/actor/properties/instance/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/instance",schemaPath:"#/properties/actor/properties/instance/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid29 = _errs92 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.version !== undefined){
let data41 = data35.version;
const _errs94 = errors;
if(errors === _errs94){
if(errors === _errs94){
if(typeof data41 === "string"){
if(func3(data41) > 64){
validate21.errors = [{instancePath:instancePath+"/actor/version",schemaPath:"#/properties/actor/properties/version/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data41) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/version",schemaPath:"#/properties/actor/properties/version/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/version",schemaPath:"#/properties/actor/properties/version/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid29 = _errs94 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.framework !== undefined){
let data42 = data35.framework;
const _errs96 = errors;
if(errors === _errs96){
if(errors === _errs96){
if(typeof data42 === "string"){
if(func3(data42) > 64){
validate21.errors = [{instancePath:instancePath+"/actor/framework",schemaPath:"#/properties/actor/properties/framework/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data42) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/framework",schemaPath:"#/properties/actor/properties/framework/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/framework",schemaPath:"#/properties/actor/properties/framework/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid29 = _errs96 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.model !== undefined){
let data43 = data35.model;
const _errs98 = errors;
if(errors === _errs98){
if(errors === _errs98){
if(typeof data43 === "string"){
if(func3(data43) > 128){
validate21.errors = [{instancePath:instancePath+"/actor/model",schemaPath:"#/properties/actor/properties/model/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data43) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/model",schemaPath:"#/properties/actor/properties/model/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/model",schemaPath:"#/properties/actor/properties/model/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid29 = _errs98 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.env !== undefined){
let data44 = data35.env;
const _errs100 = errors;
if(errors === _errs100){
if(errors === _errs100){
if(typeof data44 === "string"){
if(func3(data44) > 64){
validate21.errors = [{instancePath:instancePath+"/actor/env",schemaPath:"#/properties/actor/properties/env/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data44) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/env",schemaPath:"#/properties/actor/properties/env/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/env",schemaPath:"#/properties/actor/properties/env/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid29 = _errs100 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data35.owner !== undefined){
let data45 = data35.owner;
const _errs102 = errors;
if(errors === _errs102){
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
let missing14;
if((data45.id === undefined) && (missing14 = "id")){
validate21.errors = [{instancePath:instancePath+"/actor/owner",schemaPath:"#/properties/actor/properties/owner/required",keyword:"required",params:{missingProperty: missing14}}];
return false;
}
else {
const _errs104 = errors;
for(const key5 in data45){
if(!((key5 === "id") || (key5 === "type"))){
validate21.errors = [{instancePath:instancePath+"/actor/owner",schemaPath:"#/properties/actor/properties/owner/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}}];
return false;
break;
}
}
if(_errs104 === errors){
if(data45.id !== undefined){
let data46 = data45.id;
const _errs105 = errors;
if(errors === _errs105){
if(errors === _errs105){
if(typeof data46 === "string"){
if(func3(data46) > 256){
validate21.errors = [{instancePath:instancePath+"/actor/owner/id",schemaPath:"#/properties/actor/properties/owner/properties/id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data46) < 1){
validate21.errors = [{instancePath:instancePath+"/actor/owner/id",schemaPath:"#/properties/actor/properties/owner/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/owner/id",schemaPath:"#/properties/actor/properties/owner/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid30 = _errs105 === errors;
}
else {
var valid30 = true;
}
if(valid30){
if(data45.type !== undefined){
let data47 = data45.type;
const _errs107 = errors;
if(!((((data47 === "human") || (data47 === "team")) || (data47 === "service")) || (data47 === "unknown"))){
validate21.errors = [{instancePath:instancePath+"/actor/owner/type",schemaPath:"#/properties/actor/properties/owner/properties/type/enum",keyword:"enum",params:{allowedValues: schema6.properties.actor.properties.owner.properties.type.enum}}];
return false;
}
var valid30 = _errs107 === errors;
}
else {
var valid30 = true;
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor/owner",schemaPath:"#/properties/actor/properties/owner/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid29 = _errs102 === errors;
}
else {
var valid29 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/actor",schemaPath:"#/properties/actor/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs82 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.cred !== undefined){
let data48 = data.cred;
const _errs108 = errors;
if(errors === _errs108){
if(data48 && typeof data48 == "object" && !Array.isArray(data48)){
let missing15;
if((data48.type === undefined) && (missing15 = "type")){
validate21.errors = [{instancePath:instancePath+"/cred",schemaPath:"#/properties/cred/required",keyword:"required",params:{missingProperty: missing15}}];
return false;
}
else {
const _errs110 = errors;
for(const key6 in data48){
if(!(((((((key6 === "type") || (key6 === "id")) || (key6 === "fp")) || (key6 === "issued_at")) || (key6 === "expires_at")) || (key6 === "scopes")) || (key6 === "binding"))){
validate21.errors = [{instancePath:instancePath+"/cred",schemaPath:"#/properties/cred/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6}}];
return false;
break;
}
}
if(_errs110 === errors){
if(data48.type !== undefined){
let data49 = data48.type;
const _errs111 = errors;
if(!((((((((((((((((((data49 === "oauth_access_token") || (data49 === "oauth_refresh_token")) || (data49 === "id_token")) || (data49 === "jwt_svid")) || (data49 === "x509_svid")) || (data49 === "x509_cert")) || (data49 === "api_key")) || (data49 === "pat")) || (data49 === "ssh_key")) || (data49 === "vault_token")) || (data49 === "aws_sts")) || (data49 === "aws_access_key")) || (data49 === "k8s_sa_token")) || (data49 === "client_secret")) || (data49 === "github_app_token")) || (data49 === "password")) || (data49 === "none")) || (data49 === "other"))){
validate21.errors = [{instancePath:instancePath+"/cred/type",schemaPath:"#/properties/cred/properties/type/enum",keyword:"enum",params:{allowedValues: schema6.properties.cred.properties.type.enum}}];
return false;
}
var valid31 = _errs111 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data48.id !== undefined){
let data50 = data48.id;
const _errs112 = errors;
if(errors === _errs112){
if(errors === _errs112){
if(typeof data50 === "string"){
if(func3(data50) > 256){
validate21.errors = [{instancePath:instancePath+"/cred/id",schemaPath:"#/properties/cred/properties/id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data50) < 1){
validate21.errors = [{instancePath:instancePath+"/cred/id",schemaPath:"#/properties/cred/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/cred/id",schemaPath:"#/properties/cred/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid31 = _errs112 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data48.fp !== undefined){
let data51 = data48.fp;
const _errs114 = errors;
if(errors === _errs114){
if(typeof data51 === "string"){
if(func3(data51) > 128){
validate21.errors = [{instancePath:instancePath+"/cred/fp",schemaPath:"#/properties/cred/properties/fp/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data51) < 1){
validate21.errors = [{instancePath:instancePath+"/cred/fp",schemaPath:"#/properties/cred/properties/fp/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
else {
if(!pattern7.test(data51)){
validate21.errors = [{instancePath:instancePath+"/cred/fp",schemaPath:"#/properties/cred/properties/fp/pattern",keyword:"pattern",params:{pattern: "^(hmac-sha256|sha256|sd):[A-Za-z0-9+/=_-]+$"}}];
return false;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/cred/fp",schemaPath:"#/properties/cred/properties/fp/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid31 = _errs114 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data48.issued_at !== undefined){
const _errs116 = errors;
if(!(validate46(data48.issued_at, {instancePath:instancePath+"/cred/issued_at",parentData:data48,parentDataProperty:"issued_at",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid31 = _errs116 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data48.expires_at !== undefined){
const _errs117 = errors;
if(!(validate46(data48.expires_at, {instancePath:instancePath+"/cred/expires_at",parentData:data48,parentDataProperty:"expires_at",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid31 = _errs117 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data48.scopes !== undefined){
let data54 = data48.scopes;
const _errs118 = errors;
if(errors === _errs118){
if(Array.isArray(data54)){
if(data54.length > 64){
validate21.errors = [{instancePath:instancePath+"/cred/scopes",schemaPath:"#/properties/cred/properties/scopes/maxItems",keyword:"maxItems",params:{limit: 64}}];
return false;
}
else {
var valid32 = true;
const len0 = data54.length;
for(let i0=0; i0<len0; i0++){
let data55 = data54[i0];
const _errs120 = errors;
if(errors === _errs120){
if(errors === _errs120){
if(typeof data55 === "string"){
if(func3(data55) > 256){
validate21.errors = [{instancePath:instancePath+"/cred/scopes/" + i0,schemaPath:"#/properties/cred/properties/scopes/items/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data55) < 1){
validate21.errors = [{instancePath:instancePath+"/cred/scopes/" + i0,schemaPath:"#/properties/cred/properties/scopes/items/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/cred/scopes/" + i0,schemaPath:"#/properties/cred/properties/scopes/items/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid32 = _errs120 === errors;
if(!valid32){
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/cred/scopes",schemaPath:"#/properties/cred/properties/scopes/type",keyword:"type",params:{type: "array"}}];
return false;
}
}
var valid31 = _errs118 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data48.binding !== undefined){
let data56 = data48.binding;
const _errs122 = errors;
if(!(((((data56 === "dpop") || (data56 === "mtls")) || (data56 === "http_sig")) || (data56 === "none")) || (data56 === "unknown"))){
validate21.errors = [{instancePath:instancePath+"/cred/binding",schemaPath:"#/properties/cred/properties/binding/enum",keyword:"enum",params:{allowedValues: schema6.properties.cred.properties.binding.enum}}];
return false;
}
var valid31 = _errs122 === errors;
}
else {
var valid31 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/cred",schemaPath:"#/properties/cred/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs108 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.deleg !== undefined){
let data57 = data.deleg;
const _errs123 = errors;
if(errors === _errs123){
if(Array.isArray(data57)){
if(data57.length > 16){
validate21.errors = [{instancePath:instancePath+"/deleg",schemaPath:"#/properties/deleg/maxItems",keyword:"maxItems",params:{limit: 16}}];
return false;
}
else {
var valid33 = true;
const len1 = data57.length;
for(let i1=0; i1<len1; i1++){
let data58 = data57[i1];
const _errs125 = errors;
if(errors === _errs125){
if(data58 && typeof data58 == "object" && !Array.isArray(data58)){
let missing16;
if(((data58.type === undefined) && (missing16 = "type")) || ((data58.id === undefined) && (missing16 = "id"))){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1,schemaPath:"#/properties/deleg/items/required",keyword:"required",params:{missingProperty: missing16}}];
return false;
}
else {
const _errs127 = errors;
for(const key7 in data58){
if(!(((((key7 === "type") || (key7 === "id")) || (key7 === "via")) || (key7 === "scopes")) || (key7 === "token_id"))){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1,schemaPath:"#/properties/deleg/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7}}];
return false;
break;
}
}
if(_errs127 === errors){
if(data58.type !== undefined){
const _errs128 = errors;
if(!(validate61(data58.type, {instancePath:instancePath+"/deleg/" + i1+"/type",parentData:data58,parentDataProperty:"type",rootData}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
var valid34 = _errs128 === errors;
}
else {
var valid34 = true;
}
if(valid34){
if(data58.id !== undefined){
let data60 = data58.id;
const _errs129 = errors;
if(errors === _errs129){
if(errors === _errs129){
if(typeof data60 === "string"){
if(func3(data60) > 512){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/id",schemaPath:"#/properties/deleg/items/properties/id/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data60) < 1){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/id",schemaPath:"#/properties/deleg/items/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/id",schemaPath:"#/properties/deleg/items/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid34 = _errs129 === errors;
}
else {
var valid34 = true;
}
if(valid34){
if(data58.via !== undefined){
let data61 = data58.via;
const _errs131 = errors;
if(!((((((((data61 === "user_grant") || (data61 === "token_exchange")) || (data61 === "impersonation")) || (data61 === "role_assume")) || (data61 === "sub_agent")) || (data61 === "schedule")) || (data61 === "webhook")) || (data61 === "unknown"))){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/via",schemaPath:"#/properties/deleg/items/properties/via/enum",keyword:"enum",params:{allowedValues: schema6.properties.deleg.items.properties.via.enum}}];
return false;
}
var valid34 = _errs131 === errors;
}
else {
var valid34 = true;
}
if(valid34){
if(data58.scopes !== undefined){
let data62 = data58.scopes;
const _errs132 = errors;
if(errors === _errs132){
if(Array.isArray(data62)){
if(data62.length > 64){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/scopes",schemaPath:"#/properties/deleg/items/properties/scopes/maxItems",keyword:"maxItems",params:{limit: 64}}];
return false;
}
else {
var valid35 = true;
const len2 = data62.length;
for(let i2=0; i2<len2; i2++){
let data63 = data62[i2];
const _errs134 = errors;
if(errors === _errs134){
if(errors === _errs134){
if(typeof data63 === "string"){
if(func3(data63) > 256){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/scopes/" + i2,schemaPath:"#/properties/deleg/items/properties/scopes/items/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data63) < 1){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/scopes/" + i2,schemaPath:"#/properties/deleg/items/properties/scopes/items/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/scopes/" + i2,schemaPath:"#/properties/deleg/items/properties/scopes/items/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid35 = _errs134 === errors;
if(!valid35){
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/scopes",schemaPath:"#/properties/deleg/items/properties/scopes/type",keyword:"type",params:{type: "array"}}];
return false;
}
}
var valid34 = _errs132 === errors;
}
else {
var valid34 = true;
}
if(valid34){
if(data58.token_id !== undefined){
let data64 = data58.token_id;
const _errs136 = errors;
if(errors === _errs136){
if(errors === _errs136){
if(typeof data64 === "string"){
if(func3(data64) > 256){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/token_id",schemaPath:"#/properties/deleg/items/properties/token_id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data64) < 1){
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/token_id",schemaPath:"#/properties/deleg/items/properties/token_id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1+"/token_id",schemaPath:"#/properties/deleg/items/properties/token_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid34 = _errs136 === errors;
}
else {
var valid34 = true;
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/deleg/" + i1,schemaPath:"#/properties/deleg/items/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid33 = _errs125 === errors;
if(!valid33){
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/deleg",schemaPath:"#/properties/deleg/type",keyword:"type",params:{type: "array"}}];
return false;
}
}
var valid20 = _errs123 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.action !== undefined){
let data65 = data.action;
const _errs138 = errors;
if(errors === _errs138){
if(data65 && typeof data65 == "object" && !Array.isArray(data65)){
let missing17;
if(((data65.name === undefined) && (missing17 = "name")) || ((data65.class === undefined) && (missing17 = "class"))){
validate21.errors = [{instancePath:instancePath+"/action",schemaPath:"#/properties/action/required",keyword:"required",params:{missingProperty: missing17}}];
return false;
}
else {
const _errs140 = errors;
for(const key8 in data65){
if(!(((key8 === "name") || (key8 === "class")) || (key8 === "privileged"))){
validate21.errors = [{instancePath:instancePath+"/action",schemaPath:"#/properties/action/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8}}];
return false;
break;
}
}
if(_errs140 === errors){
if(data65.name !== undefined){
let data66 = data65.name;
const _errs141 = errors;
if(errors === _errs141){
if(errors === _errs141){
if(typeof data66 === "string"){
if(func3(data66) > 256){
validate21.errors = [{instancePath:instancePath+"/action/name",schemaPath:"#/properties/action/properties/name/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data66) < 1){
validate21.errors = [{instancePath:instancePath+"/action/name",schemaPath:"#/properties/action/properties/name/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/action/name",schemaPath:"#/properties/action/properties/name/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid36 = _errs141 === errors;
}
else {
var valid36 = true;
}
if(valid36){
if(data65.class !== undefined){
let data67 = data65.class;
const _errs143 = errors;
if(!((((((((data67 === "read") || (data67 === "write")) || (data67 === "admin")) || (data67 === "auth")) || (data67 === "exec")) || (data67 === "sign")) || (data67 === "deploy")) || (data67 === "log"))){
validate21.errors = [{instancePath:instancePath+"/action/class",schemaPath:"#/properties/action/properties/class/enum",keyword:"enum",params:{allowedValues: schema6.properties.action.properties.class.enum}}];
return false;
}
var valid36 = _errs143 === errors;
}
else {
var valid36 = true;
}
if(valid36){
if(data65.privileged !== undefined){
const _errs144 = errors;
if(typeof data65.privileged !== "boolean"){
validate21.errors = [{instancePath:instancePath+"/action/privileged",schemaPath:"#/properties/action/properties/privileged/type",keyword:"type",params:{type: "boolean"}}];
return false;
}
var valid36 = _errs144 === errors;
}
else {
var valid36 = true;
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/action",schemaPath:"#/properties/action/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs138 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.res !== undefined){
let data69 = data.res;
const _errs146 = errors;
if(errors === _errs146){
if(Array.isArray(data69)){
if(data69.length > 32){
validate21.errors = [{instancePath:instancePath+"/res",schemaPath:"#/properties/res/maxItems",keyword:"maxItems",params:{limit: 32}}];
return false;
}
else {
var valid37 = true;
const len3 = data69.length;
for(let i3=0; i3<len3; i3++){
let data70 = data69[i3];
const _errs148 = errors;
if(errors === _errs148){
if(data70 && typeof data70 == "object" && !Array.isArray(data70)){
let missing18;
if(((data70.type === undefined) && (missing18 = "type")) || ((data70.id === undefined) && (missing18 = "id"))){
validate21.errors = [{instancePath:instancePath+"/res/" + i3,schemaPath:"#/properties/res/items/required",keyword:"required",params:{missingProperty: missing18}}];
return false;
}
else {
const _errs150 = errors;
for(const key9 in data70){
if(!((((((key9 === "type") || (key9 === "id")) || (key9 === "name")) || (key9 === "version")) || (key9 === "digest")) || (key9 === "env"))){
validate21.errors = [{instancePath:instancePath+"/res/" + i3,schemaPath:"#/properties/res/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9}}];
return false;
break;
}
}
if(_errs150 === errors){
if(data70.type !== undefined){
let data71 = data70.type;
const _errs151 = errors;
if(errors === _errs151){
if(errors === _errs151){
if(typeof data71 === "string"){
if(func3(data71) > 64){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/type",schemaPath:"#/properties/res/items/properties/type/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data71) < 1){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/type",schemaPath:"#/properties/res/items/properties/type/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/type",schemaPath:"#/properties/res/items/properties/type/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid38 = _errs151 === errors;
}
else {
var valid38 = true;
}
if(valid38){
if(data70.id !== undefined){
let data72 = data70.id;
const _errs153 = errors;
if(errors === _errs153){
if(errors === _errs153){
if(typeof data72 === "string"){
if(func3(data72) > 1024){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/id",schemaPath:"#/properties/res/items/properties/id/maxLength",keyword:"maxLength",params:{limit: 1024}}];
return false;
}
else {
if(func3(data72) < 1){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/id",schemaPath:"#/properties/res/items/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/id",schemaPath:"#/properties/res/items/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid38 = _errs153 === errors;
}
else {
var valid38 = true;
}
if(valid38){
if(data70.name !== undefined){
let data73 = data70.name;
const _errs155 = errors;
if(errors === _errs155){
if(typeof data73 === "string"){
if(func3(data73) > 256){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/name",schemaPath:"#/properties/res/items/properties/name/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data73) < 1){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/name",schemaPath:"#/properties/res/items/properties/name/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/name",schemaPath:"#/properties/res/items/properties/name/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid38 = _errs155 === errors;
}
else {
var valid38 = true;
}
if(valid38){
if(data70.version !== undefined){
let data74 = data70.version;
const _errs157 = errors;
if(errors === _errs157){
if(errors === _errs157){
if(typeof data74 === "string"){
if(func3(data74) > 128){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/version",schemaPath:"#/properties/res/items/properties/version/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data74) < 1){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/version",schemaPath:"#/properties/res/items/properties/version/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/version",schemaPath:"#/properties/res/items/properties/version/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid38 = _errs157 === errors;
}
else {
var valid38 = true;
}
if(valid38){
if(data70.digest !== undefined){
let data75 = data70.digest;
const _errs159 = errors;
if(errors === _errs159){
if(errors === _errs159){
if(typeof data75 === "string"){
if(func3(data75) > 160){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/digest",schemaPath:"#/properties/res/items/properties/digest/maxLength",keyword:"maxLength",params:{limit: 160}}];
return false;
}
else {
if(func3(data75) < 1){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/digest",schemaPath:"#/properties/res/items/properties/digest/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/digest",schemaPath:"#/properties/res/items/properties/digest/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid38 = _errs159 === errors;
}
else {
var valid38 = true;
}
if(valid38){
if(data70.env !== undefined){
let data76 = data70.env;
const _errs161 = errors;
if(errors === _errs161){
if(errors === _errs161){
if(typeof data76 === "string"){
if(func3(data76) > 64){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/env",schemaPath:"#/properties/res/items/properties/env/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data76) < 1){
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/env",schemaPath:"#/properties/res/items/properties/env/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/res/" + i3+"/env",schemaPath:"#/properties/res/items/properties/env/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid38 = _errs161 === errors;
}
else {
var valid38 = true;
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/res/" + i3,schemaPath:"#/properties/res/items/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid37 = _errs148 === errors;
if(!valid37){
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/res",schemaPath:"#/properties/res/type",keyword:"type",params:{type: "array"}}];
return false;
}
}
var valid20 = _errs146 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.decision !== undefined){
let data77 = data.decision;
const _errs163 = errors;
if(errors === _errs163){
if(data77 && typeof data77 == "object" && !Array.isArray(data77)){
let missing19;
if((data77.effect === undefined) && (missing19 = "effect")){
validate21.errors = [{instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/required",keyword:"required",params:{missingProperty: missing19}}];
return false;
}
else {
const _errs165 = errors;
for(const key10 in data77){
if(!((((((key10 === "effect") || (key10 === "engine")) || (key10 === "policy")) || (key10 === "reason")) || (key10 === "risk")) || (key10 === "attestation"))){
validate21.errors = [{instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10}}];
return false;
break;
}
}
if(_errs165 === errors){
if(data77.effect !== undefined){
let data78 = data77.effect;
const _errs166 = errors;
if(!(((((data78 === "allow") || (data78 === "deny")) || (data78 === "escalate")) || (data78 === "abstain")) || (data78 === "not_evaluated"))){
validate21.errors = [{instancePath:instancePath+"/decision/effect",schemaPath:"#/properties/decision/properties/effect/enum",keyword:"enum",params:{allowedValues: schema6.properties.decision.properties.effect.enum}}];
return false;
}
var valid39 = _errs166 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data77.engine !== undefined){
let data79 = data77.engine;
const _errs167 = errors;
if(errors === _errs167){
if(errors === _errs167){
if(typeof data79 === "string"){
if(func3(data79) > 128){
validate21.errors = [{instancePath:instancePath+"/decision/engine",schemaPath:"#/properties/decision/properties/engine/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data79) < 1){
validate21.errors = [{instancePath:instancePath+"/decision/engine",schemaPath:"#/properties/decision/properties/engine/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/engine",schemaPath:"#/properties/decision/properties/engine/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid39 = _errs167 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data77.policy !== undefined){
let data80 = data77.policy;
const _errs169 = errors;
if(errors === _errs169){
if(Array.isArray(data80)){
if(data80.length > 16){
validate21.errors = [{instancePath:instancePath+"/decision/policy",schemaPath:"#/properties/decision/properties/policy/maxItems",keyword:"maxItems",params:{limit: 16}}];
return false;
}
else {
var valid40 = true;
const len4 = data80.length;
for(let i4=0; i4<len4; i4++){
let data81 = data80[i4];
const _errs171 = errors;
if(errors === _errs171){
if(data81 && typeof data81 == "object" && !Array.isArray(data81)){
let missing20;
if((data81.id === undefined) && (missing20 = "id")){
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4,schemaPath:"#/properties/decision/properties/policy/items/required",keyword:"required",params:{missingProperty: missing20}}];
return false;
}
else {
const _errs173 = errors;
for(const key11 in data81){
if(!(((key11 === "id") || (key11 === "version")) || (key11 === "digest"))){
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4,schemaPath:"#/properties/decision/properties/policy/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11}}];
return false;
break;
}
}
if(_errs173 === errors){
if(data81.id !== undefined){
let data82 = data81.id;
const _errs174 = errors;
if(errors === _errs174){
if(errors === _errs174){
if(typeof data82 === "string"){
if(func3(data82) > 256){
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/id",schemaPath:"#/properties/decision/properties/policy/items/properties/id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data82) < 1){
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/id",schemaPath:"#/properties/decision/properties/policy/items/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/id",schemaPath:"#/properties/decision/properties/policy/items/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid41 = _errs174 === errors;
}
else {
var valid41 = true;
}
if(valid41){
if(data81.version !== undefined){
let data83 = data81.version;
const _errs176 = errors;
if(errors === _errs176){
if(errors === _errs176){
if(typeof data83 === "string"){
if(func3(data83) > 64){
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/version",schemaPath:"#/properties/decision/properties/policy/items/properties/version/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data83) < 1){
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/version",schemaPath:"#/properties/decision/properties/policy/items/properties/version/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/version",schemaPath:"#/properties/decision/properties/policy/items/properties/version/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid41 = _errs176 === errors;
}
else {
var valid41 = true;
}
if(valid41){
if(data81.digest !== undefined){
let data84 = data81.digest;
const _errs178 = errors;
if(errors === _errs178){
if(errors === _errs178){
if(typeof data84 === "string"){
if(func3(data84) > 160){
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/digest",schemaPath:"#/properties/decision/properties/policy/items/properties/digest/maxLength",keyword:"maxLength",params:{limit: 160}}];
return false;
}
else {
if(func3(data84) < 1){
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/digest",schemaPath:"#/properties/decision/properties/policy/items/properties/digest/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4+"/digest",schemaPath:"#/properties/decision/properties/policy/items/properties/digest/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid41 = _errs178 === errors;
}
else {
var valid41 = true;
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/policy/" + i4,schemaPath:"#/properties/decision/properties/policy/items/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid40 = _errs171 === errors;
if(!valid40){
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/policy",schemaPath:"#/properties/decision/properties/policy/type",keyword:"type",params:{type: "array"}}];
return false;
}
}
var valid39 = _errs169 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data77.reason !== undefined){
let data85 = data77.reason;
const _errs180 = errors;
if(errors === _errs180){
if(typeof data85 === "string"){
if(func3(data85) > 512){
validate21.errors = [{instancePath:instancePath+"/decision/reason",schemaPath:"#/properties/decision/properties/reason/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data85) < 1){
validate21.errors = [{instancePath:instancePath+"/decision/reason",schemaPath:"#/properties/decision/properties/reason/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/reason",schemaPath:"#/properties/decision/properties/reason/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid39 = _errs180 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data77.risk !== undefined){
let data86 = data77.risk;
const _errs182 = errors;
if(errors === _errs182){
if(typeof data86 === "string"){
if(func3(data86) > 32){
validate21.errors = [{instancePath:instancePath+"/decision/risk",schemaPath:"#/properties/decision/properties/risk/maxLength",keyword:"maxLength",params:{limit: 32}}];
return false;
}
else {
if(func3(data86) < 1){
validate21.errors = [{instancePath:instancePath+"/decision/risk",schemaPath:"#/properties/decision/properties/risk/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/risk",schemaPath:"#/properties/decision/properties/risk/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid39 = _errs182 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data77.attestation !== undefined){
let data87 = data77.attestation;
const _errs184 = errors;
if(errors === _errs184){
if(errors === _errs184){
if(typeof data87 === "string"){
if(func3(data87) > 256){
validate21.errors = [{instancePath:instancePath+"/decision/attestation",schemaPath:"#/properties/decision/properties/attestation/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data87) < 1){
validate21.errors = [{instancePath:instancePath+"/decision/attestation",schemaPath:"#/properties/decision/properties/attestation/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision/attestation",schemaPath:"#/properties/decision/properties/attestation/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid39 = _errs184 === errors;
}
else {
var valid39 = true;
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs163 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.approval !== undefined){
let data88 = data.approval;
const _errs186 = errors;
if(errors === _errs186){
if(data88 && typeof data88 == "object" && !Array.isArray(data88)){
let missing21;
if((data88.state === undefined) && (missing21 = "state")){
validate21.errors = [{instancePath:instancePath+"/approval",schemaPath:"#/properties/approval/required",keyword:"required",params:{missingProperty: missing21}}];
return false;
}
else {
const _errs188 = errors;
for(const key12 in data88){
if(!(((((((key12 === "state") || (key12 === "id")) || (key12 === "ticket")) || (key12 === "by")) || (key12 === "not_before")) || (key12 === "not_after")) || (key12 === "max_uses"))){
validate21.errors = [{instancePath:instancePath+"/approval",schemaPath:"#/properties/approval/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12}}];
return false;
break;
}
}
if(_errs188 === errors){
if(data88.state !== undefined){
let data89 = data88.state;
const _errs189 = errors;
if(!(((((((data89 === "not_required") || (data89 === "pending")) || (data89 === "granted")) || (data89 === "denied")) || (data89 === "expired")) || (data89 === "revoked")) || (data89 === "auto"))){
validate21.errors = [{instancePath:instancePath+"/approval/state",schemaPath:"#/properties/approval/properties/state/enum",keyword:"enum",params:{allowedValues: schema6.properties.approval.properties.state.enum}}];
return false;
}
var valid42 = _errs189 === errors;
}
else {
var valid42 = true;
}
if(valid42){
if(data88.id !== undefined){
let data90 = data88.id;
const _errs190 = errors;
if(errors === _errs190){
if(errors === _errs190){
if(typeof data90 === "string"){
if(func3(data90) > 256){
validate21.errors = [{instancePath:instancePath+"/approval/id",schemaPath:"#/properties/approval/properties/id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data90) < 1){
validate21.errors = [{instancePath:instancePath+"/approval/id",schemaPath:"#/properties/approval/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/approval/id",schemaPath:"#/properties/approval/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid42 = _errs190 === errors;
}
else {
var valid42 = true;
}
if(valid42){
if(data88.ticket !== undefined){
let data91 = data88.ticket;
const _errs192 = errors;
if(errors === _errs192){
if(errors === _errs192){
if(typeof data91 === "string"){
if(func3(data91) > 256){
validate21.errors = [{instancePath:instancePath+"/approval/ticket",schemaPath:"#/properties/approval/properties/ticket/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data91) < 1){
validate21.errors = [{instancePath:instancePath+"/approval/ticket",schemaPath:"#/properties/approval/properties/ticket/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/approval/ticket",schemaPath:"#/properties/approval/properties/ticket/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid42 = _errs192 === errors;
}
else {
var valid42 = true;
}
if(valid42){
if(data88.by !== undefined){
let data92 = data88.by;
const _errs194 = errors;
if(errors === _errs194){
if(Array.isArray(data92)){
if(data92.length > 16){
validate21.errors = [{instancePath:instancePath+"/approval/by",schemaPath:"#/properties/approval/properties/by/maxItems",keyword:"maxItems",params:{limit: 16}}];
return false;
}
else {
var valid43 = true;
const len5 = data92.length;
for(let i5=0; i5<len5; i5++){
let data93 = data92[i5];
const _errs196 = errors;
if(errors === _errs196){
if(data93 && typeof data93 == "object" && !Array.isArray(data93)){
let missing22;
if((data93.id === undefined) && (missing22 = "id")){
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5,schemaPath:"#/properties/approval/properties/by/items/required",keyword:"required",params:{missingProperty: missing22}}];
return false;
}
else {
const _errs198 = errors;
for(const key13 in data93){
if(!((((key13 === "id") || (key13 === "type")) || (key13 === "at")) || (key13 === "sig"))){
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5,schemaPath:"#/properties/approval/properties/by/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13}}];
return false;
break;
}
}
if(_errs198 === errors){
if(data93.id !== undefined){
let data94 = data93.id;
const _errs199 = errors;
if(errors === _errs199){
if(errors === _errs199){
if(typeof data94 === "string"){
if(func3(data94) > 512){
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5+"/id",schemaPath:"#/properties/approval/properties/by/items/properties/id/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data94) < 1){
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5+"/id",schemaPath:"#/properties/approval/properties/by/items/properties/id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5+"/id",schemaPath:"#/properties/approval/properties/by/items/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid44 = _errs199 === errors;
}
else {
var valid44 = true;
}
if(valid44){
if(data93.type !== undefined){
const _errs201 = errors;
if(!(validate61(data93.type, {instancePath:instancePath+"/approval/by/" + i5+"/type",parentData:data93,parentDataProperty:"type",rootData}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
var valid44 = _errs201 === errors;
}
else {
var valid44 = true;
}
if(valid44){
if(data93.at !== undefined){
const _errs202 = errors;
if(!(validate46(data93.at, {instancePath:instancePath+"/approval/by/" + i5+"/at",parentData:data93,parentDataProperty:"at",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid44 = _errs202 === errors;
}
else {
var valid44 = true;
}
if(valid44){
if(data93.sig !== undefined){
let data97 = data93.sig;
const _errs203 = errors;
if(errors === _errs203){
if(typeof data97 === "string"){
if(func3(data97) > 2048){
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5+"/sig",schemaPath:"#/properties/approval/properties/by/items/properties/sig/maxLength",keyword:"maxLength",params:{limit: 2048}}];
return false;
}
else {
if(func3(data97) < 1){
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5+"/sig",schemaPath:"#/properties/approval/properties/by/items/properties/sig/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5+"/sig",schemaPath:"#/properties/approval/properties/by/items/properties/sig/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid44 = _errs203 === errors;
}
else {
var valid44 = true;
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/approval/by/" + i5,schemaPath:"#/properties/approval/properties/by/items/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid43 = _errs196 === errors;
if(!valid43){
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/approval/by",schemaPath:"#/properties/approval/properties/by/type",keyword:"type",params:{type: "array"}}];
return false;
}
}
var valid42 = _errs194 === errors;
}
else {
var valid42 = true;
}
if(valid42){
if(data88.not_before !== undefined){
const _errs205 = errors;
if(!(validate46(data88.not_before, {instancePath:instancePath+"/approval/not_before",parentData:data88,parentDataProperty:"not_before",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid42 = _errs205 === errors;
}
else {
var valid42 = true;
}
if(valid42){
if(data88.not_after !== undefined){
const _errs206 = errors;
if(!(validate46(data88.not_after, {instancePath:instancePath+"/approval/not_after",parentData:data88,parentDataProperty:"not_after",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
var valid42 = _errs206 === errors;
}
else {
var valid42 = true;
}
if(valid42){
if(data88.max_uses !== undefined){
const _errs207 = errors;
if(!(validate33(data88.max_uses, {instancePath:instancePath+"/approval/max_uses",parentData:data88,parentDataProperty:"max_uses",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid42 = _errs207 === errors;
}
else {
var valid42 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/approval",schemaPath:"#/properties/approval/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs186 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.tool !== undefined){
let data101 = data.tool;
const _errs208 = errors;
if(errors === _errs208){
if(data101 && typeof data101 == "object" && !Array.isArray(data101)){
let missing23;
if((data101.name === undefined) && (missing23 = "name")){
validate21.errors = [{instancePath:instancePath+"/tool",schemaPath:"#/properties/tool/required",keyword:"required",params:{missingProperty: missing23}}];
return false;
}
else {
const _errs210 = errors;
for(const key14 in data101){
if(!(((((key14 === "name") || (key14 === "server")) || (key14 === "protocol")) || (key14 === "call_id")) || (key14 === "def_digest"))){
validate21.errors = [{instancePath:instancePath+"/tool",schemaPath:"#/properties/tool/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14}}];
return false;
break;
}
}
if(_errs210 === errors){
if(data101.name !== undefined){
let data102 = data101.name;
const _errs211 = errors;
if(errors === _errs211){
if(errors === _errs211){
if(typeof data102 === "string"){
if(func3(data102) > 256){
validate21.errors = [{instancePath:instancePath+"/tool/name",schemaPath:"#/properties/tool/properties/name/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data102) < 1){
validate21.errors = [{instancePath:instancePath+"/tool/name",schemaPath:"#/properties/tool/properties/name/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/tool/name",schemaPath:"#/properties/tool/properties/name/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid45 = _errs211 === errors;
}
else {
var valid45 = true;
}
if(valid45){
if(data101.server !== undefined){
let data103 = data101.server;
const _errs213 = errors;
if(errors === _errs213){
if(errors === _errs213){
if(typeof data103 === "string"){
if(func3(data103) > 512){
validate21.errors = [{instancePath:instancePath+"/tool/server",schemaPath:"#/properties/tool/properties/server/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data103) < 1){
validate21.errors = [{instancePath:instancePath+"/tool/server",schemaPath:"#/properties/tool/properties/server/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/tool/server",schemaPath:"#/properties/tool/properties/server/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid45 = _errs213 === errors;
}
else {
var valid45 = true;
}
if(valid45){
if(data101.protocol !== undefined){
let data104 = data101.protocol;
const _errs215 = errors;
if(!((((((((data104 === "mcp") || (data104 === "a2a")) || (data104 === "function")) || (data104 === "shell")) || (data104 === "http")) || (data104 === "sql")) || (data104 === "k8s")) || (data104 === "other"))){
validate21.errors = [{instancePath:instancePath+"/tool/protocol",schemaPath:"#/properties/tool/properties/protocol/enum",keyword:"enum",params:{allowedValues: schema6.properties.tool.properties.protocol.enum}}];
return false;
}
var valid45 = _errs215 === errors;
}
else {
var valid45 = true;
}
if(valid45){
if(data101.call_id !== undefined){
let data105 = data101.call_id;
const _errs216 = errors;
if(errors === _errs216){
if(errors === _errs216){
if(typeof data105 === "string"){
if(func3(data105) > 256){
validate21.errors = [{instancePath:instancePath+"/tool/call_id",schemaPath:"#/properties/tool/properties/call_id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data105) < 1){
validate21.errors = [{instancePath:instancePath+"/tool/call_id",schemaPath:"#/properties/tool/properties/call_id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/tool/call_id",schemaPath:"#/properties/tool/properties/call_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid45 = _errs216 === errors;
}
else {
var valid45 = true;
}
if(valid45){
if(data101.def_digest !== undefined){
let data106 = data101.def_digest;
const _errs218 = errors;
if(errors === _errs218){
if(errors === _errs218){
if(typeof data106 === "string"){
if(func3(data106) > 160){
validate21.errors = [{instancePath:instancePath+"/tool/def_digest",schemaPath:"#/properties/tool/properties/def_digest/maxLength",keyword:"maxLength",params:{limit: 160}}];
return false;
}
else {
if(func3(data106) < 1){
validate21.errors = [{instancePath:instancePath+"/tool/def_digest",schemaPath:"#/properties/tool/properties/def_digest/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/tool/def_digest",schemaPath:"#/properties/tool/properties/def_digest/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid45 = _errs218 === errors;
}
else {
var valid45 = true;
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/tool",schemaPath:"#/properties/tool/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs208 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.artifact !== undefined){
let data107 = data.artifact;
const _errs220 = errors;
if(errors === _errs220){
if(data107 && typeof data107 == "object" && !Array.isArray(data107)){
let missing24;
if((data107.digest === undefined) && (missing24 = "digest")){
validate21.errors = [{instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/required",keyword:"required",params:{missingProperty: missing24}}];
return false;
}
else {
const _errs222 = errors;
for(const key15 in data107){
if(!(((((key15 === "name") || (key15 === "digest")) || (key15 === "sig_ref")) || (key15 === "prov_ref")) || (key15 === "commit"))){
validate21.errors = [{instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15}}];
return false;
break;
}
}
if(_errs222 === errors){
if(data107.name !== undefined){
let data108 = data107.name;
const _errs223 = errors;
if(errors === _errs223){
if(errors === _errs223){
if(typeof data108 === "string"){
if(func3(data108) > 512){
validate21.errors = [{instancePath:instancePath+"/artifact/name",schemaPath:"#/properties/artifact/properties/name/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data108) < 1){
validate21.errors = [{instancePath:instancePath+"/artifact/name",schemaPath:"#/properties/artifact/properties/name/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/artifact/name",schemaPath:"#/properties/artifact/properties/name/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid46 = _errs223 === errors;
}
else {
var valid46 = true;
}
if(valid46){
if(data107.digest !== undefined){
let data109 = data107.digest;
const _errs225 = errors;
if(errors === _errs225){
if(errors === _errs225){
if(typeof data109 === "string"){
if(func3(data109) > 160){
validate21.errors = [{instancePath:instancePath+"/artifact/digest",schemaPath:"#/properties/artifact/properties/digest/maxLength",keyword:"maxLength",params:{limit: 160}}];
return false;
}
else {
if(func3(data109) < 1){
validate21.errors = [{instancePath:instancePath+"/artifact/digest",schemaPath:"#/properties/artifact/properties/digest/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/artifact/digest",schemaPath:"#/properties/artifact/properties/digest/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid46 = _errs225 === errors;
}
else {
var valid46 = true;
}
if(valid46){
if(data107.sig_ref !== undefined){
let data110 = data107.sig_ref;
const _errs227 = errors;
if(errors === _errs227){
if(errors === _errs227){
if(typeof data110 === "string"){
if(func3(data110) > 1024){
validate21.errors = [{instancePath:instancePath+"/artifact/sig_ref",schemaPath:"#/properties/artifact/properties/sig_ref/maxLength",keyword:"maxLength",params:{limit: 1024}}];
return false;
}
else {
if(func3(data110) < 1){
validate21.errors = [{instancePath:instancePath+"/artifact/sig_ref",schemaPath:"#/properties/artifact/properties/sig_ref/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/artifact/sig_ref",schemaPath:"#/properties/artifact/properties/sig_ref/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid46 = _errs227 === errors;
}
else {
var valid46 = true;
}
if(valid46){
if(data107.prov_ref !== undefined){
let data111 = data107.prov_ref;
const _errs229 = errors;
if(errors === _errs229){
if(errors === _errs229){
if(typeof data111 === "string"){
if(func3(data111) > 1024){
validate21.errors = [{instancePath:instancePath+"/artifact/prov_ref",schemaPath:"#/properties/artifact/properties/prov_ref/maxLength",keyword:"maxLength",params:{limit: 1024}}];
return false;
}
else {
if(func3(data111) < 1){
validate21.errors = [{instancePath:instancePath+"/artifact/prov_ref",schemaPath:"#/properties/artifact/properties/prov_ref/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/artifact/prov_ref",schemaPath:"#/properties/artifact/properties/prov_ref/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid46 = _errs229 === errors;
}
else {
var valid46 = true;
}
if(valid46){
if(data107.commit !== undefined){
let data112 = data107.commit;
const _errs231 = errors;
if(errors === _errs231){
if(errors === _errs231){
if(typeof data112 === "string"){
if(func3(data112) > 64){
validate21.errors = [{instancePath:instancePath+"/artifact/commit",schemaPath:"#/properties/artifact/properties/commit/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data112) < 1){
validate21.errors = [{instancePath:instancePath+"/artifact/commit",schemaPath:"#/properties/artifact/properties/commit/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/artifact/commit",schemaPath:"#/properties/artifact/properties/commit/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid46 = _errs231 === errors;
}
else {
var valid46 = true;
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs220 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.change !== undefined){
let data113 = data.change;
const _errs233 = errors;
if(errors === _errs233){
if(data113 && typeof data113 == "object" && !Array.isArray(data113)){
const _errs235 = errors;
for(const key16 in data113){
if(!(((key16 === "path") || (key16 === "before")) || (key16 === "after"))){
validate21.errors = [{instancePath:instancePath+"/change",schemaPath:"#/properties/change/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key16}}];
return false;
break;
}
}
if(_errs235 === errors){
if(data113.path !== undefined){
let data114 = data113.path;
const _errs236 = errors;
if(errors === _errs236){
if(errors === _errs236){
if(typeof data114 === "string"){
if(func3(data114) > 512){
validate21.errors = [{instancePath:instancePath+"/change/path",schemaPath:"#/properties/change/properties/path/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data114) < 1){
validate21.errors = [{instancePath:instancePath+"/change/path",schemaPath:"#/properties/change/properties/path/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/change/path",schemaPath:"#/properties/change/properties/path/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid47 = _errs236 === errors;
}
else {
var valid47 = true;
}
if(valid47){
if(data113.before !== undefined){
let data115 = data113.before;
const _errs238 = errors;
if(errors === _errs238){
if(errors === _errs238){
if(typeof data115 === "string"){
if(func3(data115) > 160){
validate21.errors = [{instancePath:instancePath+"/change/before",schemaPath:"#/properties/change/properties/before/maxLength",keyword:"maxLength",params:{limit: 160}}];
return false;
}
else {
if(func3(data115) < 1){
validate21.errors = [{instancePath:instancePath+"/change/before",schemaPath:"#/properties/change/properties/before/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/change/before",schemaPath:"#/properties/change/properties/before/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid47 = _errs238 === errors;
}
else {
var valid47 = true;
}
if(valid47){
if(data113.after !== undefined){
let data116 = data113.after;
const _errs240 = errors;
if(errors === _errs240){
if(errors === _errs240){
if(typeof data116 === "string"){
if(func3(data116) > 160){
validate21.errors = [{instancePath:instancePath+"/change/after",schemaPath:"#/properties/change/properties/after/maxLength",keyword:"maxLength",params:{limit: 160}}];
return false;
}
else {
if(func3(data116) < 1){
validate21.errors = [{instancePath:instancePath+"/change/after",schemaPath:"#/properties/change/properties/after/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/change/after",schemaPath:"#/properties/change/properties/after/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid47 = _errs240 === errors;
}
else {
var valid47 = true;
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/change",schemaPath:"#/properties/change/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs233 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.ctx !== undefined){
let data117 = data.ctx;
const _errs242 = errors;
if(errors === _errs242){
if(data117 && typeof data117 == "object" && !Array.isArray(data117)){
const _errs244 = errors;
for(const key17 in data117){
if(!(((((((key17 === "request_id") || (key17 === "session_id")) || (key17 === "trace_id")) || (key17 === "span_id")) || (key17 === "parent_id")) || (key17 === "caused_by")) || (key17 === "seen"))){
validate21.errors = [{instancePath:instancePath+"/ctx",schemaPath:"#/properties/ctx/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key17}}];
return false;
break;
}
}
if(_errs244 === errors){
if(data117.request_id !== undefined){
let data118 = data117.request_id;
const _errs245 = errors;
if(errors === _errs245){
if(errors === _errs245){
if(typeof data118 === "string"){
if(func3(data118) > 256){
validate21.errors = [{instancePath:instancePath+"/ctx/request_id",schemaPath:"#/properties/ctx/properties/request_id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data118) < 1){
validate21.errors = [{instancePath:instancePath+"/ctx/request_id",schemaPath:"#/properties/ctx/properties/request_id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/request_id",schemaPath:"#/properties/ctx/properties/request_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid48 = _errs245 === errors;
}
else {
var valid48 = true;
}
if(valid48){
if(data117.session_id !== undefined){
let data119 = data117.session_id;
const _errs247 = errors;
if(errors === _errs247){
if(errors === _errs247){
if(typeof data119 === "string"){
if(func3(data119) > 256){
validate21.errors = [{instancePath:instancePath+"/ctx/session_id",schemaPath:"#/properties/ctx/properties/session_id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data119) < 1){
validate21.errors = [{instancePath:instancePath+"/ctx/session_id",schemaPath:"#/properties/ctx/properties/session_id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/session_id",schemaPath:"#/properties/ctx/properties/session_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid48 = _errs247 === errors;
}
else {
var valid48 = true;
}
if(valid48){
if(data117.trace_id !== undefined){
let data120 = data117.trace_id;
const _errs249 = errors;
if(errors === _errs249){
if(typeof data120 === "string"){
if(!pattern8.test(data120)){
validate21.errors = [{instancePath:instancePath+"/ctx/trace_id",schemaPath:"#/properties/ctx/properties/trace_id/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{32}$"}}];
return false;
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/trace_id",schemaPath:"#/properties/ctx/properties/trace_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid48 = _errs249 === errors;
}
else {
var valid48 = true;
}
if(valid48){
if(data117.span_id !== undefined){
let data121 = data117.span_id;
const _errs251 = errors;
if(errors === _errs251){
if(typeof data121 === "string"){
if(!pattern9.test(data121)){
validate21.errors = [{instancePath:instancePath+"/ctx/span_id",schemaPath:"#/properties/ctx/properties/span_id/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{16}$"}}];
return false;
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/span_id",schemaPath:"#/properties/ctx/properties/span_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid48 = _errs251 === errors;
}
else {
var valid48 = true;
}
if(valid48){
if(data117.parent_id !== undefined){
let data122 = data117.parent_id;
const _errs253 = errors;
if(errors === _errs253){
if(errors === _errs253){
if(typeof data122 === "string"){
if(func3(data122) > 256){
validate21.errors = [{instancePath:instancePath+"/ctx/parent_id",schemaPath:"#/properties/ctx/properties/parent_id/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data122) < 1){
validate21.errors = [{instancePath:instancePath+"/ctx/parent_id",schemaPath:"#/properties/ctx/properties/parent_id/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/parent_id",schemaPath:"#/properties/ctx/properties/parent_id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid48 = _errs253 === errors;
}
else {
var valid48 = true;
}
if(valid48){
if(data117.caused_by !== undefined){
let data123 = data117.caused_by;
const _errs255 = errors;
if(errors === _errs255){
if(Array.isArray(data123)){
if(data123.length > 16){
validate21.errors = [{instancePath:instancePath+"/ctx/caused_by",schemaPath:"#/properties/ctx/properties/caused_by/maxItems",keyword:"maxItems",params:{limit: 16}}];
return false;
}
else {
var valid49 = true;
const len6 = data123.length;
for(let i6=0; i6<len6; i6++){
let data124 = data123[i6];
const _errs257 = errors;
if(errors === _errs257){
if(errors === _errs257){
if(typeof data124 === "string"){
if(func3(data124) > 256){
validate21.errors = [{instancePath:instancePath+"/ctx/caused_by/" + i6,schemaPath:"#/properties/ctx/properties/caused_by/items/maxLength",keyword:"maxLength",params:{limit: 256}}];
return false;
}
else {
if(func3(data124) < 1){
validate21.errors = [{instancePath:instancePath+"/ctx/caused_by/" + i6,schemaPath:"#/properties/ctx/properties/caused_by/items/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/caused_by/" + i6,schemaPath:"#/properties/ctx/properties/caused_by/items/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid49 = _errs257 === errors;
if(!valid49){
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/caused_by",schemaPath:"#/properties/ctx/properties/caused_by/type",keyword:"type",params:{type: "array"}}];
return false;
}
}
var valid48 = _errs255 === errors;
}
else {
var valid48 = true;
}
if(valid48){
if(data117.seen !== undefined){
let data125 = data117.seen;
const _errs259 = errors;
if(errors === _errs259){
if(data125 && typeof data125 == "object" && !Array.isArray(data125)){
let missing25;
if(((data125.size === undefined) && (missing25 = "size")) || ((data125.root === undefined) && (missing25 = "root"))){
validate21.errors = [{instancePath:instancePath+"/ctx/seen",schemaPath:"#/properties/ctx/properties/seen/required",keyword:"required",params:{missingProperty: missing25}}];
return false;
}
else {
const _errs261 = errors;
for(const key18 in data125){
if(!(((key18 === "size") || (key18 === "root")) || (key18 === "note"))){
validate21.errors = [{instancePath:instancePath+"/ctx/seen",schemaPath:"#/properties/ctx/properties/seen/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key18}}];
return false;
break;
}
}
if(_errs261 === errors){
if(data125.size !== undefined){
const _errs262 = errors;
if(!(validate33(data125.size, {instancePath:instancePath+"/ctx/seen/size",parentData:data125,parentDataProperty:"size",rootData}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
var valid50 = _errs262 === errors;
}
else {
var valid50 = true;
}
if(valid50){
if(data125.root !== undefined){
let data127 = data125.root;
const _errs263 = errors;
if(errors === _errs263){
if(typeof data127 === "string"){
if(!pattern10.test(data127)){
validate21.errors = [{instancePath:instancePath+"/ctx/seen/root",schemaPath:"#/properties/ctx/properties/seen/properties/root/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}}];
return false;
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/seen/root",schemaPath:"#/properties/ctx/properties/seen/properties/root/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid50 = _errs263 === errors;
}
else {
var valid50 = true;
}
if(valid50){
if(data125.note !== undefined){
let data128 = data125.note;
const _errs265 = errors;
if(errors === _errs265){
if(typeof data128 === "string"){
if(!pattern10.test(data128)){
validate21.errors = [{instancePath:instancePath+"/ctx/seen/note",schemaPath:"#/properties/ctx/properties/seen/properties/note/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}}];
return false;
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/seen/note",schemaPath:"#/properties/ctx/properties/seen/properties/note/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid50 = _errs265 === errors;
}
else {
var valid50 = true;
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx/seen",schemaPath:"#/properties/ctx/properties/seen/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid48 = _errs259 === errors;
}
else {
var valid48 = true;
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ctx",schemaPath:"#/properties/ctx/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs242 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.outcome !== undefined){
let data129 = data.outcome;
const _errs267 = errors;
if(errors === _errs267){
if(data129 && typeof data129 == "object" && !Array.isArray(data129)){
let missing26;
if((data129.result === undefined) && (missing26 = "result")){
validate21.errors = [{instancePath:instancePath+"/outcome",schemaPath:"#/properties/outcome/required",keyword:"required",params:{missingProperty: missing26}}];
return false;
}
else {
const _errs269 = errors;
for(const key19 in data129){
if(!(((key19 === "result") || (key19 === "code")) || (key19 === "error"))){
validate21.errors = [{instancePath:instancePath+"/outcome",schemaPath:"#/properties/outcome/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key19}}];
return false;
break;
}
}
if(_errs269 === errors){
if(data129.result !== undefined){
let data130 = data129.result;
const _errs270 = errors;
if(!((((((((data130 === "success") || (data130 === "failure")) || (data130 === "denied")) || (data130 === "timeout")) || (data130 === "escalated")) || (data130 === "partial")) || (data130 === "pending")) || (data130 === "unknown"))){
validate21.errors = [{instancePath:instancePath+"/outcome/result",schemaPath:"#/properties/outcome/properties/result/enum",keyword:"enum",params:{allowedValues: schema6.properties.outcome.properties.result.enum}}];
return false;
}
var valid51 = _errs270 === errors;
}
else {
var valid51 = true;
}
if(valid51){
if(data129.code !== undefined){
let data131 = data129.code;
const _errs271 = errors;
if(errors === _errs271){
if(errors === _errs271){
if(typeof data131 === "string"){
if(func3(data131) > 64){
validate21.errors = [{instancePath:instancePath+"/outcome/code",schemaPath:"#/properties/outcome/properties/code/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(func3(data131) < 1){
validate21.errors = [{instancePath:instancePath+"/outcome/code",schemaPath:"#/properties/outcome/properties/code/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/outcome/code",schemaPath:"#/properties/outcome/properties/code/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid51 = _errs271 === errors;
}
else {
var valid51 = true;
}
if(valid51){
if(data129.error !== undefined){
let data132 = data129.error;
const _errs273 = errors;
if(errors === _errs273){
if(typeof data132 === "string"){
if(func3(data132) > 512){
validate21.errors = [{instancePath:instancePath+"/outcome/error",schemaPath:"#/properties/outcome/properties/error/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(func3(data132) < 1){
validate21.errors = [{instancePath:instancePath+"/outcome/error",schemaPath:"#/properties/outcome/properties/error/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/outcome/error",schemaPath:"#/properties/outcome/properties/error/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid51 = _errs273 === errors;
}
else {
var valid51 = true;
}
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/outcome",schemaPath:"#/properties/outcome/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs267 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.sd !== undefined){
let data133 = data.sd;
const _errs275 = errors;
if(errors === _errs275){
if(data133 && typeof data133 == "object" && !Array.isArray(data133)){
if(Object.keys(data133).length > 64){
validate21.errors = [{instancePath:instancePath+"/sd",schemaPath:"#/properties/sd/maxProperties",keyword:"maxProperties",params:{limit: 64}}];
return false;
}
else {
for(const key20 in data133){
const _errs277 = errors;
if(errors === _errs277){
if(typeof key20 === "string"){
if(func3(key20) > 256){
const err22 = {instancePath:instancePath+"/sd",schemaPath:"#/properties/sd/propertyNames/maxLength",keyword:"maxLength",params:{limit: 256},propertyName:key20};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
else {
if(!pattern12.test(key20)){
const err23 = {instancePath:instancePath+"/sd",schemaPath:"#/properties/sd/propertyNames/pattern",keyword:"pattern",params:{pattern: "^(/([^~/]|~[01])*)+$"},propertyName:key20};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
}
var valid52 = _errs277 === errors;
if(!valid52){
const err24 = {instancePath:instancePath+"/sd",schemaPath:"#/properties/sd/propertyNames",keyword:"propertyNames",params:{propertyName: key20}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
validate21.errors = vErrors;
return false;
break;
}
}
if(valid52){
for(const key21 in data133){
let data134 = data133[key21];
const _errs279 = errors;
if(errors === _errs279){
if(typeof data134 === "string"){
if(!pattern13.test(data134)){
validate21.errors = [{instancePath:instancePath+"/sd/" + key21.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sd/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"}}];
return false;
}
}
else {
validate21.errors = [{instancePath:instancePath+"/sd/" + key21.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sd/additionalProperties/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid53 = _errs279 === errors;
if(!valid53){
break;
}
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/sd",schemaPath:"#/properties/sd/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs275 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.ext !== undefined){
let data135 = data.ext;
const _errs281 = errors;
if(errors === _errs281){
if(data135 && typeof data135 == "object" && !Array.isArray(data135)){
if(Object.keys(data135).length > 32){
validate21.errors = [{instancePath:instancePath+"/ext",schemaPath:"#/properties/ext/maxProperties",keyword:"maxProperties",params:{limit: 32}}];
return false;
}
else {
for(const key22 in data135){
const _errs283 = errors;
if(typeof key22 === "string"){
if(func3(key22) > 128){
const err25 = {instancePath:instancePath+"/ext",schemaPath:"#/properties/ext/propertyNames/maxLength",keyword:"maxLength",params:{limit: 128},propertyName:key22};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
else {
if(!pattern14.test(key22)){
const err26 = {instancePath:instancePath+"/ext",schemaPath:"#/properties/ext/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)+$"},propertyName:key22};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
var valid54 = _errs283 === errors;
if(!valid54){
const err27 = {instancePath:instancePath+"/ext",schemaPath:"#/properties/ext/propertyNames",keyword:"propertyNames",params:{propertyName: key22}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
validate21.errors = vErrors;
return false;
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ext",schemaPath:"#/properties/ext/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid20 = _errs281 === errors;
}
else {
var valid20 = true;
}
if(valid20){
if(data.body !== undefined){
let data136 = data.body;
const _errs284 = errors;
if(!(data136 && typeof data136 == "object" && !Array.isArray(data136))){
validate21.errors = [{instancePath:instancePath+"/body",schemaPath:"#/properties/body/type",keyword:"type",params:{type: "object"}}];
return false;
}
var valid20 = _errs284 === errors;
}
else {
var valid20 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate21.errors = vErrors;
return errors === 0;
}


const schema18 = {"$id":"https://varve.example/schemas/nhi.leaf.1.schema.json","type":"object","additionalProperties":false,"required":["event","recv","sig","v"],"properties":{"v":{"const":"nhi.leaf/1"},"event":{"type":"object"},"recv":{"$ref":"#/$defs/recv"},"sig":{"if":{"type":"object"},"then":{"$ref":"#/$defs/sig"},"else":{"type":"null"}}},"$defs":{"recv":{"type":"object","additionalProperties":false,"required":["adapter","at","by","conflict","map","raw","salt"],"properties":{"adapter":{"type":"string","maxLength":64,"pattern":"^[a-z0-9][a-z0-9._-]*$"},"at":{"type":"integer","minimum":0,"maximum":9007199254740991},"by":{"type":["string","null"],"minLength":1,"maxLength":128,"format":"nhi-identifier"},"conflict":{"type":["integer","null"],"minimum":0,"maximum":9007199254740991},"map":{"type":["object","null"],"additionalProperties":false,"required":["id","sha256"],"properties":{"id":{"type":"string","maxLength":128,"pattern":"^[A-Za-z0-9._:/-]+$"},"sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"}}},"raw":{"type":["string","null"],"pattern":"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"},"salt":{"type":"string","pattern":"^[A-Za-z0-9_-]{21}[AQgw]$"}}},"sig":{"type":"object","additionalProperties":false,"required":["alg","kid","value"],"properties":{"alg":{"enum":["ed25519","es256"]},"kid":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"value":{"type":"string","pattern":"^[A-Za-z0-9+/]{85}[AQgw]==$"}}}}};
const schema19 = {"type":"object","additionalProperties":false,"required":["adapter","at","by","conflict","map","raw","salt"],"properties":{"adapter":{"type":"string","maxLength":64,"pattern":"^[a-z0-9][a-z0-9._-]*$"},"at":{"type":"integer","minimum":0,"maximum":9007199254740991},"by":{"type":["string","null"],"minLength":1,"maxLength":128,"format":"nhi-identifier"},"conflict":{"type":["integer","null"],"minimum":0,"maximum":9007199254740991},"map":{"type":["object","null"],"additionalProperties":false,"required":["id","sha256"],"properties":{"id":{"type":"string","maxLength":128,"pattern":"^[A-Za-z0-9._:/-]+$"},"sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"}}},"raw":{"type":["string","null"],"pattern":"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"},"salt":{"type":"string","pattern":"^[A-Za-z0-9_-]{21}[AQgw]$"}}};
const pattern19 = new RegExp("^[A-Za-z0-9_-]{21}[AQgw]$", "u");

function validate73(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((((((data.adapter === undefined) && (missing0 = "adapter")) || ((data.at === undefined) && (missing0 = "at"))) || ((data.by === undefined) && (missing0 = "by"))) || ((data.conflict === undefined) && (missing0 = "conflict"))) || ((data.map === undefined) && (missing0 = "map"))) || ((data.raw === undefined) && (missing0 = "raw"))) || ((data.salt === undefined) && (missing0 = "salt"))){
validate73.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((((((key0 === "adapter") || (key0 === "at")) || (key0 === "by")) || (key0 === "conflict")) || (key0 === "map")) || (key0 === "raw")) || (key0 === "salt"))){
validate73.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.adapter !== undefined){
let data0 = data.adapter;
const _errs2 = errors;
if(errors === _errs2){
if(typeof data0 === "string"){
if(func3(data0) > 64){
validate73.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(!pattern1.test(data0)){
validate73.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]*$"}}];
return false;
}
}
}
else {
validate73.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.at !== undefined){
let data1 = data.at;
const _errs4 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
validate73.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs4){
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 9007199254740991 || isNaN(data1)){
validate73.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
validate73.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.by !== undefined){
let data2 = data.by;
const _errs6 = errors;
if((typeof data2 !== "string") && (data2 !== null)){
validate73.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/type",keyword:"type",params:{type: schema19.properties.by.type}}];
return false;
}
if(errors === _errs6){
if(errors === _errs6){
if(typeof data2 === "string"){
if(func3(data2) > 128){
validate73.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data2) < 1){
validate73.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.conflict !== undefined){
let data3 = data.conflict;
const _errs8 = errors;
if((!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))) && (data3 !== null)){
validate73.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/type",keyword:"type",params:{type: schema19.properties.conflict.type}}];
return false;
}
if(errors === _errs8){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 9007199254740991 || isNaN(data3)){
validate73.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data3 < 0 || isNaN(data3)){
validate73.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.map !== undefined){
let data4 = data.map;
const _errs10 = errors;
if((!(data4 && typeof data4 == "object" && !Array.isArray(data4))) && (data4 !== null)){
validate73.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/type",keyword:"type",params:{type: schema19.properties.map.type}}];
return false;
}
if(errors === _errs10){
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
let missing1;
if(((data4.id === undefined) && (missing1 = "id")) || ((data4.sha256 === undefined) && (missing1 = "sha256"))){
validate73.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/required",keyword:"required",params:{missingProperty: missing1}}];
return false;
}
else {
const _errs12 = errors;
for(const key1 in data4){
if(!((key1 === "id") || (key1 === "sha256"))){
validate73.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}}];
return false;
break;
}
}
if(_errs12 === errors){
if(data4.id !== undefined){
let data5 = data4.id;
const _errs13 = errors;
if(errors === _errs13){
if(typeof data5 === "string"){
if(func3(data5) > 128){
validate73.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(!pattern0.test(data5)){
validate73.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:/-]+$"}}];
return false;
}
}
}
else {
validate73.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs13 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.sha256 !== undefined){
let data6 = data4.sha256;
const _errs15 = errors;
if(errors === _errs15){
if(typeof data6 === "string"){
if(!pattern6.test(data6)){
validate73.errors = [{instancePath:instancePath+"/map/sha256",schemaPath:"#/properties/map/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}}];
return false;
}
}
else {
validate73.errors = [{instancePath:instancePath+"/map/sha256",schemaPath:"#/properties/map/properties/sha256/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs15 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.raw !== undefined){
let data7 = data.raw;
const _errs17 = errors;
if((typeof data7 !== "string") && (data7 !== null)){
validate73.errors = [{instancePath:instancePath+"/raw",schemaPath:"#/properties/raw/type",keyword:"type",params:{type: schema19.properties.raw.type}}];
return false;
}
if(errors === _errs17){
if(typeof data7 === "string"){
if(!pattern13.test(data7)){
validate73.errors = [{instancePath:instancePath+"/raw",schemaPath:"#/properties/raw/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"}}];
return false;
}
}
}
var valid0 = _errs17 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.salt !== undefined){
let data8 = data.salt;
const _errs19 = errors;
if(errors === _errs19){
if(typeof data8 === "string"){
if(!pattern19.test(data8)){
validate73.errors = [{instancePath:instancePath+"/salt",schemaPath:"#/properties/salt/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{21}[AQgw]$"}}];
return false;
}
}
else {
validate73.errors = [{instancePath:instancePath+"/salt",schemaPath:"#/properties/salt/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs19 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate73.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate73.errors = vErrors;
return errors === 0;
}

const schema20 = {"type":"object","additionalProperties":false,"required":["alg","kid","value"],"properties":{"alg":{"enum":["ed25519","es256"]},"kid":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"value":{"type":"string","pattern":"^[A-Za-z0-9+/]{85}[AQgw]==$"}}};
const pattern20 = new RegExp("^[A-Za-z0-9+/]{85}[AQgw]==$", "u");

function validate75(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.alg === undefined) && (missing0 = "alg")) || ((data.kid === undefined) && (missing0 = "kid"))) || ((data.value === undefined) && (missing0 = "value"))){
validate75.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "alg") || (key0 === "kid")) || (key0 === "value"))){
validate75.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.alg !== undefined){
let data0 = data.alg;
const _errs2 = errors;
if(!((data0 === "ed25519") || (data0 === "es256"))){
validate75.errors = [{instancePath:instancePath+"/alg",schemaPath:"#/properties/alg/enum",keyword:"enum",params:{allowedValues: schema20.properties.alg.enum}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.kid !== undefined){
let data1 = data.kid;
const _errs3 = errors;
if(errors === _errs3){
if(errors === _errs3){
if(typeof data1 === "string"){
if(func3(data1) > 128){
validate75.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data1) < 1){
validate75.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate75.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.value !== undefined){
let data2 = data.value;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data2 === "string"){
if(!pattern20.test(data2)){
validate75.errors = [{instancePath:instancePath+"/value",schemaPath:"#/properties/value/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{85}[AQgw]==$"}}];
return false;
}
}
else {
validate75.errors = [{instancePath:instancePath+"/value",schemaPath:"#/properties/value/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate75.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate75.errors = vErrors;
return errors === 0;
}


function validate72(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://varve.example/schemas/nhi.leaf.1.schema.json" */;
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((data.event === undefined) && (missing0 = "event")) || ((data.recv === undefined) && (missing0 = "recv"))) || ((data.sig === undefined) && (missing0 = "sig"))) || ((data.v === undefined) && (missing0 = "v"))){
validate72.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((key0 === "v") || (key0 === "event")) || (key0 === "recv")) || (key0 === "sig"))){
validate72.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.v !== undefined){
const _errs2 = errors;
if("nhi.leaf/1" !== data.v){
validate72.errors = [{instancePath:instancePath+"/v",schemaPath:"#/properties/v/const",keyword:"const",params:{allowedValue: "nhi.leaf/1"}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.event !== undefined){
let data1 = data.event;
const _errs3 = errors;
if(!(data1 && typeof data1 == "object" && !Array.isArray(data1))){
validate72.errors = [{instancePath:instancePath+"/event",schemaPath:"#/properties/event/type",keyword:"type",params:{type: "object"}}];
return false;
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.recv !== undefined){
const _errs5 = errors;
if(!(validate73(data.recv, {instancePath:instancePath+"/recv",parentData:data,parentDataProperty:"recv",rootData}))){
vErrors = vErrors === null ? validate73.errors : vErrors.concat(validate73.errors);
errors = vErrors.length;
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sig !== undefined){
let data3 = data.sig;
const _errs6 = errors;
const _errs7 = errors;
let valid1 = true;
const _errs8 = errors;
if(!(data3 && typeof data3 == "object" && !Array.isArray(data3))){
const err0 = {};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
var _valid0 = _errs8 === errors;
errors = _errs7;
if(vErrors !== null){
if(_errs7){
vErrors.length = _errs7;
}
else {
vErrors = null;
}
}
let ifClause0;
if(_valid0){
const _errs10 = errors;
if(!(validate75(data3, {instancePath:instancePath+"/sig",parentData:data,parentDataProperty:"sig",rootData}))){
vErrors = vErrors === null ? validate75.errors : vErrors.concat(validate75.errors);
errors = vErrors.length;
}
var _valid0 = _errs10 === errors;
valid1 = _valid0;
ifClause0 = "then";
}
else {
const _errs11 = errors;
if(data3 !== null){
validate72.errors = [{instancePath:instancePath+"/sig",schemaPath:"#/properties/sig/else/type",keyword:"type",params:{type: "null"}}];
return false;
}
var _valid0 = _errs11 === errors;
valid1 = _valid0;
ifClause0 = "else";
}
if(!valid1){
const err1 = {instancePath:instancePath+"/sig",schemaPath:"#/properties/sig/if",keyword:"if",params:{failingKeyword: ifClause0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
validate72.errors = vErrors;
return false;
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
else {
validate72.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate72.errors = vErrors;
return errors === 0;
}


const schema21 = {"$id":"https://varve.example/schemas/leaf-rest","type":"object","additionalProperties":false,"required":["recv","sig","v"],"properties":{"v":{"const":"nhi.leaf/1"},"recv":{"$ref":"nhi.leaf.1.schema.json#/$defs/recv"},"sig":{"if":{"type":"object"},"then":{"$ref":"nhi.leaf.1.schema.json#/$defs/sig"},"else":{"type":"null"}}},"$defs":{"recv":{"type":"object","additionalProperties":false,"required":["adapter","at","by","conflict","map","raw","salt"],"properties":{"adapter":{"type":"string","maxLength":64,"pattern":"^[a-z0-9][a-z0-9._-]*$"},"at":{"type":"integer","minimum":0,"maximum":9007199254740991},"by":{"type":["string","null"],"minLength":1,"maxLength":128,"format":"nhi-identifier"},"conflict":{"type":["integer","null"],"minimum":0,"maximum":9007199254740991},"map":{"type":["object","null"],"additionalProperties":false,"required":["id","sha256"],"properties":{"id":{"type":"string","maxLength":128,"pattern":"^[A-Za-z0-9._:/-]+$"},"sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"}}},"raw":{"type":["string","null"],"pattern":"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"},"salt":{"type":"string","pattern":"^[A-Za-z0-9_-]{21}[AQgw]$"}}},"sig":{"type":"object","additionalProperties":false,"required":["alg","kid","value"],"properties":{"alg":{"enum":["ed25519","es256"]},"kid":{"type":"string","minLength":1,"maxLength":128,"format":"nhi-identifier"},"value":{"type":"string","pattern":"^[A-Za-z0-9+/]{85}[AQgw]==$"}}}}};

function validate78(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((((((data.adapter === undefined) && (missing0 = "adapter")) || ((data.at === undefined) && (missing0 = "at"))) || ((data.by === undefined) && (missing0 = "by"))) || ((data.conflict === undefined) && (missing0 = "conflict"))) || ((data.map === undefined) && (missing0 = "map"))) || ((data.raw === undefined) && (missing0 = "raw"))) || ((data.salt === undefined) && (missing0 = "salt"))){
validate78.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((((((key0 === "adapter") || (key0 === "at")) || (key0 === "by")) || (key0 === "conflict")) || (key0 === "map")) || (key0 === "raw")) || (key0 === "salt"))){
validate78.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.adapter !== undefined){
let data0 = data.adapter;
const _errs2 = errors;
if(errors === _errs2){
if(typeof data0 === "string"){
if(func3(data0) > 64){
validate78.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(!pattern1.test(data0)){
validate78.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]*$"}}];
return false;
}
}
}
else {
validate78.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.at !== undefined){
let data1 = data.at;
const _errs4 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
validate78.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs4){
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 9007199254740991 || isNaN(data1)){
validate78.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
validate78.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.by !== undefined){
let data2 = data.by;
const _errs6 = errors;
if((typeof data2 !== "string") && (data2 !== null)){
validate78.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/type",keyword:"type",params:{type: schema19.properties.by.type}}];
return false;
}
if(errors === _errs6){
if(errors === _errs6){
if(typeof data2 === "string"){
if(func3(data2) > 128){
validate78.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data2) < 1){
validate78.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.conflict !== undefined){
let data3 = data.conflict;
const _errs8 = errors;
if((!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))) && (data3 !== null)){
validate78.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/type",keyword:"type",params:{type: schema19.properties.conflict.type}}];
return false;
}
if(errors === _errs8){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 9007199254740991 || isNaN(data3)){
validate78.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data3 < 0 || isNaN(data3)){
validate78.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.map !== undefined){
let data4 = data.map;
const _errs10 = errors;
if((!(data4 && typeof data4 == "object" && !Array.isArray(data4))) && (data4 !== null)){
validate78.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/type",keyword:"type",params:{type: schema19.properties.map.type}}];
return false;
}
if(errors === _errs10){
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
let missing1;
if(((data4.id === undefined) && (missing1 = "id")) || ((data4.sha256 === undefined) && (missing1 = "sha256"))){
validate78.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/required",keyword:"required",params:{missingProperty: missing1}}];
return false;
}
else {
const _errs12 = errors;
for(const key1 in data4){
if(!((key1 === "id") || (key1 === "sha256"))){
validate78.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}}];
return false;
break;
}
}
if(_errs12 === errors){
if(data4.id !== undefined){
let data5 = data4.id;
const _errs13 = errors;
if(errors === _errs13){
if(typeof data5 === "string"){
if(func3(data5) > 128){
validate78.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(!pattern0.test(data5)){
validate78.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:/-]+$"}}];
return false;
}
}
}
else {
validate78.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs13 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.sha256 !== undefined){
let data6 = data4.sha256;
const _errs15 = errors;
if(errors === _errs15){
if(typeof data6 === "string"){
if(!pattern6.test(data6)){
validate78.errors = [{instancePath:instancePath+"/map/sha256",schemaPath:"#/properties/map/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}}];
return false;
}
}
else {
validate78.errors = [{instancePath:instancePath+"/map/sha256",schemaPath:"#/properties/map/properties/sha256/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs15 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.raw !== undefined){
let data7 = data.raw;
const _errs17 = errors;
if((typeof data7 !== "string") && (data7 !== null)){
validate78.errors = [{instancePath:instancePath+"/raw",schemaPath:"#/properties/raw/type",keyword:"type",params:{type: schema19.properties.raw.type}}];
return false;
}
if(errors === _errs17){
if(typeof data7 === "string"){
if(!pattern13.test(data7)){
validate78.errors = [{instancePath:instancePath+"/raw",schemaPath:"#/properties/raw/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"}}];
return false;
}
}
}
var valid0 = _errs17 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.salt !== undefined){
let data8 = data.salt;
const _errs19 = errors;
if(errors === _errs19){
if(typeof data8 === "string"){
if(!pattern19.test(data8)){
validate78.errors = [{instancePath:instancePath+"/salt",schemaPath:"#/properties/salt/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{21}[AQgw]$"}}];
return false;
}
}
else {
validate78.errors = [{instancePath:instancePath+"/salt",schemaPath:"#/properties/salt/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs19 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate78.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate78.errors = vErrors;
return errors === 0;
}


function validate80(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.alg === undefined) && (missing0 = "alg")) || ((data.kid === undefined) && (missing0 = "kid"))) || ((data.value === undefined) && (missing0 = "value"))){
validate80.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "alg") || (key0 === "kid")) || (key0 === "value"))){
validate80.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.alg !== undefined){
let data0 = data.alg;
const _errs2 = errors;
if(!((data0 === "ed25519") || (data0 === "es256"))){
validate80.errors = [{instancePath:instancePath+"/alg",schemaPath:"#/properties/alg/enum",keyword:"enum",params:{allowedValues: schema20.properties.alg.enum}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.kid !== undefined){
let data1 = data.kid;
const _errs3 = errors;
if(errors === _errs3){
if(errors === _errs3){
if(typeof data1 === "string"){
if(func3(data1) > 128){
validate80.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data1) < 1){
validate80.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate80.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.value !== undefined){
let data2 = data.value;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data2 === "string"){
if(!pattern20.test(data2)){
validate80.errors = [{instancePath:instancePath+"/value",schemaPath:"#/properties/value/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{85}[AQgw]==$"}}];
return false;
}
}
else {
validate80.errors = [{instancePath:instancePath+"/value",schemaPath:"#/properties/value/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate80.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate80.errors = vErrors;
return errors === 0;
}


function validate77(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://varve.example/schemas/leaf-rest" */;
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.recv === undefined) && (missing0 = "recv")) || ((data.sig === undefined) && (missing0 = "sig"))) || ((data.v === undefined) && (missing0 = "v"))){
validate77.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "v") || (key0 === "recv")) || (key0 === "sig"))){
validate77.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.v !== undefined){
const _errs2 = errors;
if("nhi.leaf/1" !== data.v){
validate77.errors = [{instancePath:instancePath+"/v",schemaPath:"#/properties/v/const",keyword:"const",params:{allowedValue: "nhi.leaf/1"}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.recv !== undefined){
const _errs3 = errors;
if(!(validate78(data.recv, {instancePath:instancePath+"/recv",parentData:data,parentDataProperty:"recv",rootData}))){
vErrors = vErrors === null ? validate78.errors : vErrors.concat(validate78.errors);
errors = vErrors.length;
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sig !== undefined){
let data2 = data.sig;
const _errs4 = errors;
const _errs5 = errors;
let valid1 = true;
const _errs6 = errors;
if(!(data2 && typeof data2 == "object" && !Array.isArray(data2))){
const err0 = {};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
var _valid0 = _errs6 === errors;
errors = _errs5;
if(vErrors !== null){
if(_errs5){
vErrors.length = _errs5;
}
else {
vErrors = null;
}
}
let ifClause0;
if(_valid0){
const _errs8 = errors;
if(!(validate80(data2, {instancePath:instancePath+"/sig",parentData:data,parentDataProperty:"sig",rootData}))){
vErrors = vErrors === null ? validate80.errors : vErrors.concat(validate80.errors);
errors = vErrors.length;
}
var _valid0 = _errs8 === errors;
valid1 = _valid0;
ifClause0 = "then";
}
else {
const _errs9 = errors;
if(data2 !== null){
validate77.errors = [{instancePath:instancePath+"/sig",schemaPath:"#/properties/sig/else/type",keyword:"type",params:{type: "null"}}];
return false;
}
var _valid0 = _errs9 === errors;
valid1 = _valid0;
ifClause0 = "else";
}
if(!valid1){
const err1 = {instancePath:instancePath+"/sig",schemaPath:"#/properties/sig/if",keyword:"if",params:{failingKeyword: ifClause0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
validate77.errors = vErrors;
return false;
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate77.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate77.errors = vErrors;
return errors === 0;
}



function validate82(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.alg === undefined) && (missing0 = "alg")) || ((data.kid === undefined) && (missing0 = "kid"))) || ((data.value === undefined) && (missing0 = "value"))){
validate82.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "alg") || (key0 === "kid")) || (key0 === "value"))){
validate82.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.alg !== undefined){
let data0 = data.alg;
const _errs2 = errors;
if(!((data0 === "ed25519") || (data0 === "es256"))){
validate82.errors = [{instancePath:instancePath+"/alg",schemaPath:"#/properties/alg/enum",keyword:"enum",params:{allowedValues: schema20.properties.alg.enum}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.kid !== undefined){
let data1 = data.kid;
const _errs3 = errors;
if(errors === _errs3){
if(errors === _errs3){
if(typeof data1 === "string"){
if(func3(data1) > 128){
validate82.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data1) < 1){
validate82.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate82.errors = [{instancePath:instancePath+"/kid",schemaPath:"#/properties/kid/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.value !== undefined){
let data2 = data.value;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data2 === "string"){
if(!pattern20.test(data2)){
validate82.errors = [{instancePath:instancePath+"/value",schemaPath:"#/properties/value/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{85}[AQgw]==$"}}];
return false;
}
}
else {
validate82.errors = [{instancePath:instancePath+"/value",schemaPath:"#/properties/value/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate82.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate82.errors = vErrors;
return errors === 0;
}


const schema25 = {"$id":"https://varve.example/schemas/nhi.genesis.1.schema.json","type":"object","additionalProperties":false,"required":["keys","map","origin","predecessor","tenant","time","type","v"],"properties":{"v":{"const":"nhi.genesis/1"},"origin":{"type":"string","minLength":1,"maxLength":255,"pattern":"^[!-*,-~]+$"},"tenant":{"type":"string","maxLength":64,"pattern":"^[a-z0-9][a-z0-9._-]*$"},"type":{"const":"events"},"keys":{"type":"object","additionalProperties":false,"required":["ed25519","p256"],"properties":{"ed25519":{"type":"string","maxLength":512,"pattern":"^[!-*,-~]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]+={0,2}$"},"p256":{"type":"string","pattern":"^[A-Za-z0-9+/]{121}[AQgw]==$"}}},"map":{"const":"nhi.map/1"},"predecessor":{"if":{"type":"object"},"then":{"$ref":"#/$defs/predecessor"},"else":{"type":"null"}},"time":{"type":"integer","minimum":0,"maximum":9007199254740991}},"$defs":{"predecessor":{"type":"object","additionalProperties":false,"required":["evidence","note","origin","reason","root","size"],"properties":{"origin":{"type":"string","minLength":1,"maxLength":255,"pattern":"^[!-*,-~]+$"},"size":{"type":"integer","minimum":0,"maximum":9007199254740991},"root":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"},"note":{"type":"string","minLength":1,"maxLength":32768},"evidence":{"type":"array","maxItems":16,"items":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}},"reason":{"type":"string","minLength":1,"maxLength":1024}}}}};
const pattern28 = new RegExp("^[!-*,-~]+$", "u");
const pattern30 = new RegExp("^[!-*,-~]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]+={0,2}$", "u");
const pattern31 = new RegExp("^[A-Za-z0-9+/]{121}[AQgw]==$", "u");
const schema26 = {"type":"object","additionalProperties":false,"required":["evidence","note","origin","reason","root","size"],"properties":{"origin":{"type":"string","minLength":1,"maxLength":255,"pattern":"^[!-*,-~]+$"},"size":{"type":"integer","minimum":0,"maximum":9007199254740991},"root":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"},"note":{"type":"string","minLength":1,"maxLength":32768},"evidence":{"type":"array","maxItems":16,"items":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}},"reason":{"type":"string","minLength":1,"maxLength":1024}}};

function validate84(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((((data.evidence === undefined) && (missing0 = "evidence")) || ((data.note === undefined) && (missing0 = "note"))) || ((data.origin === undefined) && (missing0 = "origin"))) || ((data.reason === undefined) && (missing0 = "reason"))) || ((data.root === undefined) && (missing0 = "root"))) || ((data.size === undefined) && (missing0 = "size"))){
validate84.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((((key0 === "origin") || (key0 === "size")) || (key0 === "root")) || (key0 === "note")) || (key0 === "evidence")) || (key0 === "reason"))){
validate84.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.origin !== undefined){
let data0 = data.origin;
const _errs2 = errors;
if(errors === _errs2){
if(typeof data0 === "string"){
if(func3(data0) > 255){
validate84.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/maxLength",keyword:"maxLength",params:{limit: 255}}];
return false;
}
else {
if(func3(data0) < 1){
validate84.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
else {
if(!pattern28.test(data0)){
validate84.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/pattern",keyword:"pattern",params:{pattern: "^[!-*,-~]+$"}}];
return false;
}
}
}
}
else {
validate84.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.size !== undefined){
let data1 = data.size;
const _errs4 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
validate84.errors = [{instancePath:instancePath+"/size",schemaPath:"#/properties/size/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs4){
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 9007199254740991 || isNaN(data1)){
validate84.errors = [{instancePath:instancePath+"/size",schemaPath:"#/properties/size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
validate84.errors = [{instancePath:instancePath+"/size",schemaPath:"#/properties/size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.root !== undefined){
let data2 = data.root;
const _errs6 = errors;
if(errors === _errs6){
if(typeof data2 === "string"){
if(!pattern10.test(data2)){
validate84.errors = [{instancePath:instancePath+"/root",schemaPath:"#/properties/root/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}}];
return false;
}
}
else {
validate84.errors = [{instancePath:instancePath+"/root",schemaPath:"#/properties/root/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.note !== undefined){
let data3 = data.note;
const _errs8 = errors;
if(errors === _errs8){
if(typeof data3 === "string"){
if(func3(data3) > 32768){
validate84.errors = [{instancePath:instancePath+"/note",schemaPath:"#/properties/note/maxLength",keyword:"maxLength",params:{limit: 32768}}];
return false;
}
else {
if(func3(data3) < 1){
validate84.errors = [{instancePath:instancePath+"/note",schemaPath:"#/properties/note/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate84.errors = [{instancePath:instancePath+"/note",schemaPath:"#/properties/note/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.evidence !== undefined){
let data4 = data.evidence;
const _errs10 = errors;
if(errors === _errs10){
if(Array.isArray(data4)){
if(data4.length > 16){
validate84.errors = [{instancePath:instancePath+"/evidence",schemaPath:"#/properties/evidence/maxItems",keyword:"maxItems",params:{limit: 16}}];
return false;
}
else {
var valid1 = true;
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
const _errs12 = errors;
if(errors === _errs12){
if(typeof data5 === "string"){
if(!pattern10.test(data5)){
validate84.errors = [{instancePath:instancePath+"/evidence/" + i0,schemaPath:"#/properties/evidence/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}}];
return false;
}
}
else {
validate84.errors = [{instancePath:instancePath+"/evidence/" + i0,schemaPath:"#/properties/evidence/items/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs12 === errors;
if(!valid1){
break;
}
}
}
}
else {
validate84.errors = [{instancePath:instancePath+"/evidence",schemaPath:"#/properties/evidence/type",keyword:"type",params:{type: "array"}}];
return false;
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.reason !== undefined){
let data6 = data.reason;
const _errs14 = errors;
if(errors === _errs14){
if(typeof data6 === "string"){
if(func3(data6) > 1024){
validate84.errors = [{instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/maxLength",keyword:"maxLength",params:{limit: 1024}}];
return false;
}
else {
if(func3(data6) < 1){
validate84.errors = [{instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
else {
validate84.errors = [{instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs14 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
else {
validate84.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate84.errors = vErrors;
return errors === 0;
}


function validate83(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://varve.example/schemas/nhi.genesis.1.schema.json" */;
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((((((data.keys === undefined) && (missing0 = "keys")) || ((data.map === undefined) && (missing0 = "map"))) || ((data.origin === undefined) && (missing0 = "origin"))) || ((data.predecessor === undefined) && (missing0 = "predecessor"))) || ((data.tenant === undefined) && (missing0 = "tenant"))) || ((data.time === undefined) && (missing0 = "time"))) || ((data.type === undefined) && (missing0 = "type"))) || ((data.v === undefined) && (missing0 = "v"))){
validate83.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((((((key0 === "v") || (key0 === "origin")) || (key0 === "tenant")) || (key0 === "type")) || (key0 === "keys")) || (key0 === "map")) || (key0 === "predecessor")) || (key0 === "time"))){
validate83.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.v !== undefined){
const _errs2 = errors;
if("nhi.genesis/1" !== data.v){
validate83.errors = [{instancePath:instancePath+"/v",schemaPath:"#/properties/v/const",keyword:"const",params:{allowedValue: "nhi.genesis/1"}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.origin !== undefined){
let data1 = data.origin;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data1 === "string"){
if(func3(data1) > 255){
validate83.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/maxLength",keyword:"maxLength",params:{limit: 255}}];
return false;
}
else {
if(func3(data1) < 1){
validate83.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
else {
if(!pattern28.test(data1)){
validate83.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/pattern",keyword:"pattern",params:{pattern: "^[!-*,-~]+$"}}];
return false;
}
}
}
}
else {
validate83.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.tenant !== undefined){
let data2 = data.tenant;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data2 === "string"){
if(func3(data2) > 64){
validate83.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(!pattern1.test(data2)){
validate83.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]*$"}}];
return false;
}
}
}
else {
validate83.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.type !== undefined){
const _errs7 = errors;
if("events" !== data.type){
validate83.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/const",keyword:"const",params:{allowedValue: "events"}}];
return false;
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.keys !== undefined){
let data4 = data.keys;
const _errs8 = errors;
if(errors === _errs8){
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
let missing1;
if(((data4.ed25519 === undefined) && (missing1 = "ed25519")) || ((data4.p256 === undefined) && (missing1 = "p256"))){
validate83.errors = [{instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/required",keyword:"required",params:{missingProperty: missing1}}];
return false;
}
else {
const _errs10 = errors;
for(const key1 in data4){
if(!((key1 === "ed25519") || (key1 === "p256"))){
validate83.errors = [{instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}}];
return false;
break;
}
}
if(_errs10 === errors){
if(data4.ed25519 !== undefined){
let data5 = data4.ed25519;
const _errs11 = errors;
if(errors === _errs11){
if(typeof data5 === "string"){
if(func3(data5) > 512){
validate83.errors = [{instancePath:instancePath+"/keys/ed25519",schemaPath:"#/properties/keys/properties/ed25519/maxLength",keyword:"maxLength",params:{limit: 512}}];
return false;
}
else {
if(!pattern30.test(data5)){
validate83.errors = [{instancePath:instancePath+"/keys/ed25519",schemaPath:"#/properties/keys/properties/ed25519/pattern",keyword:"pattern",params:{pattern: "^[!-*,-~]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]+={0,2}$"}}];
return false;
}
}
}
else {
validate83.errors = [{instancePath:instancePath+"/keys/ed25519",schemaPath:"#/properties/keys/properties/ed25519/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs11 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.p256 !== undefined){
let data6 = data4.p256;
const _errs13 = errors;
if(errors === _errs13){
if(typeof data6 === "string"){
if(!pattern31.test(data6)){
validate83.errors = [{instancePath:instancePath+"/keys/p256",schemaPath:"#/properties/keys/properties/p256/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{121}[AQgw]==$"}}];
return false;
}
}
else {
validate83.errors = [{instancePath:instancePath+"/keys/p256",schemaPath:"#/properties/keys/properties/p256/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs13 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
else {
validate83.errors = [{instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.map !== undefined){
const _errs15 = errors;
if("nhi.map/1" !== data.map){
validate83.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/const",keyword:"const",params:{allowedValue: "nhi.map/1"}}];
return false;
}
var valid0 = _errs15 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.predecessor !== undefined){
let data8 = data.predecessor;
const _errs16 = errors;
const _errs17 = errors;
let valid2 = true;
const _errs18 = errors;
if(!(data8 && typeof data8 == "object" && !Array.isArray(data8))){
const err0 = {};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
var _valid0 = _errs18 === errors;
errors = _errs17;
if(vErrors !== null){
if(_errs17){
vErrors.length = _errs17;
}
else {
vErrors = null;
}
}
let ifClause0;
if(_valid0){
const _errs20 = errors;
if(!(validate84(data8, {instancePath:instancePath+"/predecessor",parentData:data,parentDataProperty:"predecessor",rootData}))){
vErrors = vErrors === null ? validate84.errors : vErrors.concat(validate84.errors);
errors = vErrors.length;
}
var _valid0 = _errs20 === errors;
valid2 = _valid0;
ifClause0 = "then";
}
else {
const _errs21 = errors;
if(data8 !== null){
validate83.errors = [{instancePath:instancePath+"/predecessor",schemaPath:"#/properties/predecessor/else/type",keyword:"type",params:{type: "null"}}];
return false;
}
var _valid0 = _errs21 === errors;
valid2 = _valid0;
ifClause0 = "else";
}
if(!valid2){
const err1 = {instancePath:instancePath+"/predecessor",schemaPath:"#/properties/predecessor/if",keyword:"if",params:{failingKeyword: ifClause0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
validate83.errors = vErrors;
return false;
}
var valid0 = _errs16 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.time !== undefined){
let data9 = data.time;
const _errs23 = errors;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
validate83.errors = [{instancePath:instancePath+"/time",schemaPath:"#/properties/time/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs23){
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 9007199254740991 || isNaN(data9)){
validate83.errors = [{instancePath:instancePath+"/time",schemaPath:"#/properties/time/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data9 < 0 || isNaN(data9)){
validate83.errors = [{instancePath:instancePath+"/time",schemaPath:"#/properties/time/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs23 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
else {
validate83.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate83.errors = vErrors;
return errors === 0;
}


const schema27 = {"$id":"https://varve.example/schemas/nhi.log.1.schema.json","type":"object","additionalProperties":false,"required":["at","body","salt","type","v"],"properties":{"v":{"const":"nhi.log/1"},"type":{"enum":["finding","refused","access","export","erase","hold","key","mapping"]},"at":{"type":"integer","minimum":0,"maximum":9007199254740991},"salt":{"type":"string","pattern":"^[A-Za-z0-9_-]{21}[AQgw]$"},"body":{"type":"object"}},"allOf":[{"if":{"properties":{"type":{"const":"refused"}}},"then":{"properties":{"body":{"$ref":"#/$defs/refused"}}}}],"$defs":{"refused":{"type":"object","additionalProperties":false,"required":["code","id","source","untold"],"properties":{"code":{"type":"string","maxLength":64,"pattern":"^[a-z-]+\\.[a-z-]+$"},"id":{"type":["string","null"],"maxLength":128,"pattern":"^[A-Za-z0-9._:~-]+$"},"source":{"type":["string","null"],"maxLength":128,"pattern":"^[A-Za-z0-9._:/-]+$"},"untold":{"type":"integer","minimum":0,"maximum":9007199254740991}}}}};
const schema28 = {"type":"object","additionalProperties":false,"required":["code","id","source","untold"],"properties":{"code":{"type":"string","maxLength":64,"pattern":"^[a-z-]+\\.[a-z-]+$"},"id":{"type":["string","null"],"maxLength":128,"pattern":"^[A-Za-z0-9._:~-]+$"},"source":{"type":["string","null"],"maxLength":128,"pattern":"^[A-Za-z0-9._:/-]+$"},"untold":{"type":"integer","minimum":0,"maximum":9007199254740991}}};
const pattern35 = new RegExp("^[a-z-]+\\.[a-z-]+$", "u");

function validate87(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((data.code === undefined) && (missing0 = "code")) || ((data.id === undefined) && (missing0 = "id"))) || ((data.source === undefined) && (missing0 = "source"))) || ((data.untold === undefined) && (missing0 = "untold"))){
validate87.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((key0 === "code") || (key0 === "id")) || (key0 === "source")) || (key0 === "untold"))){
validate87.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.code !== undefined){
let data0 = data.code;
const _errs2 = errors;
if(errors === _errs2){
if(typeof data0 === "string"){
if(func3(data0) > 64){
validate87.errors = [{instancePath:instancePath+"/code",schemaPath:"#/properties/code/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(!pattern35.test(data0)){
validate87.errors = [{instancePath:instancePath+"/code",schemaPath:"#/properties/code/pattern",keyword:"pattern",params:{pattern: "^[a-z-]+\\.[a-z-]+$"}}];
return false;
}
}
}
else {
validate87.errors = [{instancePath:instancePath+"/code",schemaPath:"#/properties/code/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.id !== undefined){
let data1 = data.id;
const _errs4 = errors;
if((typeof data1 !== "string") && (data1 !== null)){
validate87.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/type",keyword:"type",params:{type: schema28.properties.id.type}}];
return false;
}
if(errors === _errs4){
if(typeof data1 === "string"){
if(func3(data1) > 128){
validate87.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(!pattern4.test(data1)){
validate87.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:~-]+$"}}];
return false;
}
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.source !== undefined){
let data2 = data.source;
const _errs6 = errors;
if((typeof data2 !== "string") && (data2 !== null)){
validate87.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/type",keyword:"type",params:{type: schema28.properties.source.type}}];
return false;
}
if(errors === _errs6){
if(typeof data2 === "string"){
if(func3(data2) > 128){
validate87.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(!pattern0.test(data2)){
validate87.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:/-]+$"}}];
return false;
}
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.untold !== undefined){
let data3 = data.untold;
const _errs8 = errors;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
validate87.errors = [{instancePath:instancePath+"/untold",schemaPath:"#/properties/untold/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs8){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 9007199254740991 || isNaN(data3)){
validate87.errors = [{instancePath:instancePath+"/untold",schemaPath:"#/properties/untold/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data3 < 0 || isNaN(data3)){
validate87.errors = [{instancePath:instancePath+"/untold",schemaPath:"#/properties/untold/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
else {
validate87.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate87.errors = vErrors;
return errors === 0;
}


function validate86(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://varve.example/schemas/nhi.log.1.schema.json" */;
let vErrors = null;
let errors = 0;
const _errs2 = errors;
let valid1 = true;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.type !== undefined){
if("refused" !== data.type){
const err0 = {};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
}
var _valid0 = _errs3 === errors;
errors = _errs2;
if(vErrors !== null){
if(_errs2){
vErrors.length = _errs2;
}
else {
vErrors = null;
}
}
if(_valid0){
const _errs5 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.body !== undefined){
if(!(validate87(data.body, {instancePath:instancePath+"/body",parentData:data,parentDataProperty:"body",rootData}))){
vErrors = vErrors === null ? validate87.errors : vErrors.concat(validate87.errors);
errors = vErrors.length;
}
}
}
var _valid0 = _errs5 === errors;
valid1 = _valid0;
}
if(!valid1){
const err1 = {instancePath,schemaPath:"#/allOf/0/if",keyword:"if",params:{failingKeyword: "then"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
validate86.errors = vErrors;
return false;
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((((data.at === undefined) && (missing0 = "at")) || ((data.body === undefined) && (missing0 = "body"))) || ((data.salt === undefined) && (missing0 = "salt"))) || ((data.type === undefined) && (missing0 = "type"))) || ((data.v === undefined) && (missing0 = "v"))){
validate86.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs7 = errors;
for(const key0 in data){
if(!(((((key0 === "v") || (key0 === "type")) || (key0 === "at")) || (key0 === "salt")) || (key0 === "body"))){
validate86.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs7 === errors){
if(data.v !== undefined){
const _errs8 = errors;
if("nhi.log/1" !== data.v){
validate86.errors = [{instancePath:instancePath+"/v",schemaPath:"#/properties/v/const",keyword:"const",params:{allowedValue: "nhi.log/1"}}];
return false;
}
var valid4 = _errs8 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data.type !== undefined){
let data3 = data.type;
const _errs9 = errors;
if(!((((((((data3 === "finding") || (data3 === "refused")) || (data3 === "access")) || (data3 === "export")) || (data3 === "erase")) || (data3 === "hold")) || (data3 === "key")) || (data3 === "mapping"))){
validate86.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/enum",keyword:"enum",params:{allowedValues: schema27.properties.type.enum}}];
return false;
}
var valid4 = _errs9 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data.at !== undefined){
let data4 = data.at;
const _errs10 = errors;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
validate86.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs10){
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 9007199254740991 || isNaN(data4)){
validate86.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data4 < 0 || isNaN(data4)){
validate86.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid4 = _errs10 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data.salt !== undefined){
let data5 = data.salt;
const _errs12 = errors;
if(errors === _errs12){
if(typeof data5 === "string"){
if(!pattern19.test(data5)){
validate86.errors = [{instancePath:instancePath+"/salt",schemaPath:"#/properties/salt/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{21}[AQgw]$"}}];
return false;
}
}
else {
validate86.errors = [{instancePath:instancePath+"/salt",schemaPath:"#/properties/salt/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid4 = _errs12 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data.body !== undefined){
let data6 = data.body;
const _errs14 = errors;
if(!(data6 && typeof data6 == "object" && !Array.isArray(data6))){
validate86.errors = [{instancePath:instancePath+"/body",schemaPath:"#/properties/body/type",keyword:"type",params:{type: "object"}}];
return false;
}
var valid4 = _errs14 === errors;
}
else {
var valid4 = true;
}
}
}
}
}
}
}
}
else {
validate86.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate86.errors = vErrors;
return errors === 0;
}


const schema29 = {"$id":"https://varve.example/schemas/nhi.index.1.schema.json","type":"object","additionalProperties":false,"required":["index","keys","map","origin","postings","prev","root","size","v"],"properties":{"v":{"const":"nhi.index/1"},"origin":{"type":"string","minLength":1,"maxLength":255,"pattern":"^[!-*,-~]+$"},"map":{"const":"nhi.map/1"},"size":{"type":"integer","minimum":0,"maximum":9007199254740991},"root":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"},"index":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"},"keys":{"type":"integer","minimum":0,"maximum":9007199254740991},"postings":{"type":"integer","minimum":0,"maximum":9007199254740991},"prev":{"type":["integer","null"],"minimum":0,"maximum":9007199254740991}}};

function validate89(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://varve.example/schemas/nhi.index.1.schema.json" */;
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((((((((data.index === undefined) && (missing0 = "index")) || ((data.keys === undefined) && (missing0 = "keys"))) || ((data.map === undefined) && (missing0 = "map"))) || ((data.origin === undefined) && (missing0 = "origin"))) || ((data.postings === undefined) && (missing0 = "postings"))) || ((data.prev === undefined) && (missing0 = "prev"))) || ((data.root === undefined) && (missing0 = "root"))) || ((data.size === undefined) && (missing0 = "size"))) || ((data.v === undefined) && (missing0 = "v"))){
validate89.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(func2.call(schema29.properties, key0))){
validate89.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.v !== undefined){
const _errs2 = errors;
if("nhi.index/1" !== data.v){
validate89.errors = [{instancePath:instancePath+"/v",schemaPath:"#/properties/v/const",keyword:"const",params:{allowedValue: "nhi.index/1"}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.origin !== undefined){
let data1 = data.origin;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data1 === "string"){
if(func3(data1) > 255){
validate89.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/maxLength",keyword:"maxLength",params:{limit: 255}}];
return false;
}
else {
if(func3(data1) < 1){
validate89.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
else {
if(!pattern28.test(data1)){
validate89.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/pattern",keyword:"pattern",params:{pattern: "^[!-*,-~]+$"}}];
return false;
}
}
}
}
else {
validate89.errors = [{instancePath:instancePath+"/origin",schemaPath:"#/properties/origin/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.map !== undefined){
const _errs5 = errors;
if("nhi.map/1" !== data.map){
validate89.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/const",keyword:"const",params:{allowedValue: "nhi.map/1"}}];
return false;
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.size !== undefined){
let data3 = data.size;
const _errs6 = errors;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
validate89.errors = [{instancePath:instancePath+"/size",schemaPath:"#/properties/size/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs6){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 9007199254740991 || isNaN(data3)){
validate89.errors = [{instancePath:instancePath+"/size",schemaPath:"#/properties/size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data3 < 0 || isNaN(data3)){
validate89.errors = [{instancePath:instancePath+"/size",schemaPath:"#/properties/size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.root !== undefined){
let data4 = data.root;
const _errs8 = errors;
if(errors === _errs8){
if(typeof data4 === "string"){
if(!pattern10.test(data4)){
validate89.errors = [{instancePath:instancePath+"/root",schemaPath:"#/properties/root/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}}];
return false;
}
}
else {
validate89.errors = [{instancePath:instancePath+"/root",schemaPath:"#/properties/root/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.index !== undefined){
let data5 = data.index;
const _errs10 = errors;
if(errors === _errs10){
if(typeof data5 === "string"){
if(!pattern10.test(data5)){
validate89.errors = [{instancePath:instancePath+"/index",schemaPath:"#/properties/index/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}}];
return false;
}
}
else {
validate89.errors = [{instancePath:instancePath+"/index",schemaPath:"#/properties/index/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.keys !== undefined){
let data6 = data.keys;
const _errs12 = errors;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
validate89.errors = [{instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs12){
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 9007199254740991 || isNaN(data6)){
validate89.errors = [{instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data6 < 0 || isNaN(data6)){
validate89.errors = [{instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.postings !== undefined){
let data7 = data.postings;
const _errs14 = errors;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
validate89.errors = [{instancePath:instancePath+"/postings",schemaPath:"#/properties/postings/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs14){
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 9007199254740991 || isNaN(data7)){
validate89.errors = [{instancePath:instancePath+"/postings",schemaPath:"#/properties/postings/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data7 < 0 || isNaN(data7)){
validate89.errors = [{instancePath:instancePath+"/postings",schemaPath:"#/properties/postings/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs14 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.prev !== undefined){
let data8 = data.prev;
const _errs16 = errors;
if((!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))) && (data8 !== null)){
validate89.errors = [{instancePath:instancePath+"/prev",schemaPath:"#/properties/prev/type",keyword:"type",params:{type: schema29.properties.prev.type}}];
return false;
}
if(errors === _errs16){
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 9007199254740991 || isNaN(data8)){
validate89.errors = [{instancePath:instancePath+"/prev",schemaPath:"#/properties/prev/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data8 < 0 || isNaN(data8)){
validate89.errors = [{instancePath:instancePath+"/prev",schemaPath:"#/properties/prev/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs16 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate89.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate89.errors = vErrors;
return errors === 0;
}


const schema30 = {"$id":"https://varve.example/schemas/nhi.receipt.1.schema.json","type":"object","additionalProperties":false,"required":["duplicate","index","leafHash","recv"],"properties":{"duplicate":{"type":"boolean"},"index":{"type":"integer","minimum":0,"maximum":9007199254740991},"leafHash":{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"},"recv":{"$ref":"nhi.leaf.1.schema.json#/$defs/recv"}}};

function validate91(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((((((data.adapter === undefined) && (missing0 = "adapter")) || ((data.at === undefined) && (missing0 = "at"))) || ((data.by === undefined) && (missing0 = "by"))) || ((data.conflict === undefined) && (missing0 = "conflict"))) || ((data.map === undefined) && (missing0 = "map"))) || ((data.raw === undefined) && (missing0 = "raw"))) || ((data.salt === undefined) && (missing0 = "salt"))){
validate91.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((((((key0 === "adapter") || (key0 === "at")) || (key0 === "by")) || (key0 === "conflict")) || (key0 === "map")) || (key0 === "raw")) || (key0 === "salt"))){
validate91.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.adapter !== undefined){
let data0 = data.adapter;
const _errs2 = errors;
if(errors === _errs2){
if(typeof data0 === "string"){
if(func3(data0) > 64){
validate91.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/maxLength",keyword:"maxLength",params:{limit: 64}}];
return false;
}
else {
if(!pattern1.test(data0)){
validate91.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]*$"}}];
return false;
}
}
}
else {
validate91.errors = [{instancePath:instancePath+"/adapter",schemaPath:"#/properties/adapter/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.at !== undefined){
let data1 = data.at;
const _errs4 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
validate91.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs4){
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 9007199254740991 || isNaN(data1)){
validate91.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
validate91.errors = [{instancePath:instancePath+"/at",schemaPath:"#/properties/at/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.by !== undefined){
let data2 = data.by;
const _errs6 = errors;
if((typeof data2 !== "string") && (data2 !== null)){
validate91.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/type",keyword:"type",params:{type: schema19.properties.by.type}}];
return false;
}
if(errors === _errs6){
if(errors === _errs6){
if(typeof data2 === "string"){
if(func3(data2) > 128){
validate91.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(func3(data2) < 1){
validate91.errors = [{instancePath:instancePath+"/by",schemaPath:"#/properties/by/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.conflict !== undefined){
let data3 = data.conflict;
const _errs8 = errors;
if((!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))) && (data3 !== null)){
validate91.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/type",keyword:"type",params:{type: schema19.properties.conflict.type}}];
return false;
}
if(errors === _errs8){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 9007199254740991 || isNaN(data3)){
validate91.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data3 < 0 || isNaN(data3)){
validate91.errors = [{instancePath:instancePath+"/conflict",schemaPath:"#/properties/conflict/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.map !== undefined){
let data4 = data.map;
const _errs10 = errors;
if((!(data4 && typeof data4 == "object" && !Array.isArray(data4))) && (data4 !== null)){
validate91.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/type",keyword:"type",params:{type: schema19.properties.map.type}}];
return false;
}
if(errors === _errs10){
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
let missing1;
if(((data4.id === undefined) && (missing1 = "id")) || ((data4.sha256 === undefined) && (missing1 = "sha256"))){
validate91.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/required",keyword:"required",params:{missingProperty: missing1}}];
return false;
}
else {
const _errs12 = errors;
for(const key1 in data4){
if(!((key1 === "id") || (key1 === "sha256"))){
validate91.errors = [{instancePath:instancePath+"/map",schemaPath:"#/properties/map/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}}];
return false;
break;
}
}
if(_errs12 === errors){
if(data4.id !== undefined){
let data5 = data4.id;
const _errs13 = errors;
if(errors === _errs13){
if(typeof data5 === "string"){
if(func3(data5) > 128){
validate91.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/maxLength",keyword:"maxLength",params:{limit: 128}}];
return false;
}
else {
if(!pattern0.test(data5)){
validate91.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:/-]+$"}}];
return false;
}
}
}
else {
validate91.errors = [{instancePath:instancePath+"/map/id",schemaPath:"#/properties/map/properties/id/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs13 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.sha256 !== undefined){
let data6 = data4.sha256;
const _errs15 = errors;
if(errors === _errs15){
if(typeof data6 === "string"){
if(!pattern6.test(data6)){
validate91.errors = [{instancePath:instancePath+"/map/sha256",schemaPath:"#/properties/map/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}}];
return false;
}
}
else {
validate91.errors = [{instancePath:instancePath+"/map/sha256",schemaPath:"#/properties/map/properties/sha256/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs15 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.raw !== undefined){
let data7 = data.raw;
const _errs17 = errors;
if((typeof data7 !== "string") && (data7 !== null)){
validate91.errors = [{instancePath:instancePath+"/raw",schemaPath:"#/properties/raw/type",keyword:"type",params:{type: schema19.properties.raw.type}}];
return false;
}
if(errors === _errs17){
if(typeof data7 === "string"){
if(!pattern13.test(data7)){
validate91.errors = [{instancePath:instancePath+"/raw",schemaPath:"#/properties/raw/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"}}];
return false;
}
}
}
var valid0 = _errs17 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.salt !== undefined){
let data8 = data.salt;
const _errs19 = errors;
if(errors === _errs19){
if(typeof data8 === "string"){
if(!pattern19.test(data8)){
validate91.errors = [{instancePath:instancePath+"/salt",schemaPath:"#/properties/salt/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{21}[AQgw]$"}}];
return false;
}
}
else {
validate91.errors = [{instancePath:instancePath+"/salt",schemaPath:"#/properties/salt/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs19 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate91.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate91.errors = vErrors;
return errors === 0;
}


function validate90(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://varve.example/schemas/nhi.receipt.1.schema.json" */;
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((data.duplicate === undefined) && (missing0 = "duplicate")) || ((data.index === undefined) && (missing0 = "index"))) || ((data.leafHash === undefined) && (missing0 = "leafHash"))) || ((data.recv === undefined) && (missing0 = "recv"))){
validate90.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0}}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((key0 === "duplicate") || (key0 === "index")) || (key0 === "leafHash")) || (key0 === "recv"))){
validate90.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.duplicate !== undefined){
const _errs2 = errors;
if(typeof data.duplicate !== "boolean"){
validate90.errors = [{instancePath:instancePath+"/duplicate",schemaPath:"#/properties/duplicate/type",keyword:"type",params:{type: "boolean"}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.index !== undefined){
let data1 = data.index;
const _errs4 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
validate90.errors = [{instancePath:instancePath+"/index",schemaPath:"#/properties/index/type",keyword:"type",params:{type: "integer"}}];
return false;
}
if(errors === _errs4){
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 9007199254740991 || isNaN(data1)){
validate90.errors = [{instancePath:instancePath+"/index",schemaPath:"#/properties/index/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
validate90.errors = [{instancePath:instancePath+"/index",schemaPath:"#/properties/index/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.leafHash !== undefined){
let data2 = data.leafHash;
const _errs6 = errors;
if(errors === _errs6){
if(typeof data2 === "string"){
if(!pattern10.test(data2)){
validate90.errors = [{instancePath:instancePath+"/leafHash",schemaPath:"#/properties/leafHash/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}}];
return false;
}
}
else {
validate90.errors = [{instancePath:instancePath+"/leafHash",schemaPath:"#/properties/leafHash/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.recv !== undefined){
const _errs8 = errors;
if(!(validate91(data.recv, {instancePath:instancePath+"/recv",parentData:data,parentDataProperty:"recv",rootData}))){
vErrors = vErrors === null ? validate91.errors : vErrors.concat(validate91.errors);
errors = vErrors.length;
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
else {
validate90.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate90.errors = vErrors;
return errors === 0;
}
/** Validators by schema; the schema of an event; its members of each format ("*": each item, "#": each name). */
export const schemas: {
  readonly eventSchema: unknown;
  readonly event: SchemaValidator;
  readonly leaf: SchemaValidator;
  readonly leafRest: SchemaValidator;
  readonly sig: SchemaValidator;
  readonly genesis: SchemaValidator;
  readonly log: SchemaValidator;
  readonly index: SchemaValidator;
  readonly receipt: SchemaValidator;
  readonly formats: {
    readonly 'nhi-identifier': readonly (readonly string[])[];
    readonly 'nhi-time': readonly (readonly string[])[];
  };
} = {
  eventSchema: schema6,
  event: validate21,
  leaf: validate72,
  leafRest: validate77,
  sig: validate82,
  genesis: validate83,
  log: validate86,
  index: validate89,
  receipt: validate90,
  formats: {"nhi-identifier":[["action","name"],["actor","env"],["actor","framework"],["actor","id"],["actor","instance"],["actor","issuer"],["actor","model"],["actor","owner","id"],["actor","version"],["approval","by","*","id"],["approval","id"],["approval","ticket"],["artifact","commit"],["artifact","digest"],["artifact","name"],["artifact","prov_ref"],["artifact","sig_ref"],["body","auth_id"],["body","chain","digest"],["body","chain","id"],["body","chain","prev_digest"],["body","epoch"],["body","key","kid"],["body","last_epoch"],["body","metric"],["body","old_kid"],["body","type"],["change","after"],["change","before"],["change","path"],["cred","id"],["cred","scopes","*"],["ctx","caused_by","*"],["ctx","parent_id"],["ctx","request_id"],["ctx","session_id"],["decision","attestation"],["decision","engine"],["decision","policy","*","digest"],["decision","policy","*","id"],["decision","policy","*","version"],["deleg","*","id"],["deleg","*","scopes","*"],["deleg","*","token_id"],["outcome","code"],["res","*","digest"],["res","*","env"],["res","*","id"],["res","*","type"],["res","*","version"],["sd","#"],["src","epoch"],["src","format"],["src","orig_id"],["time","clock","ref"],["tool","call_id"],["tool","def_digest"],["tool","name"],["tool","server"]],"nhi-time":[["approval","by","*","at"],["approval","not_after"],["approval","not_before"],["body","since"],["body","until"],["cred","expires_at"],["cred","issued_at"],["time","observed"],["time","occurred"]]},
};
