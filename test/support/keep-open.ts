/** The same port, whose next life it survives. */
export function keepOpen<T extends object>(port: T): T {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name === 'close') return async () => {};
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
