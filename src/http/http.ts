/** The face of the room: the log server as a function, and what puts it on a socket. */
export { createApp, type HttpEnv, type LogApp } from './app.ts';
export type { Logger } from './exchange.ts';
export { createKeyQuotas, type KeyQuotas } from './key-quota.ts';
export { LIMITS, type LimitName, type Limits, limitsOf } from './limits.ts';
export type { LogServerOptions } from './log-server.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { type HttpServer, type ListenOptions, listen } from './node-server.ts';
export type { Role } from './principal.ts';
export {
  createTokenStore,
  formatToken,
  formatTokens,
  hashOfToken,
  parseTokens,
  type Token,
  type TokenStore,
} from './tokens.ts';
export {
  createWitnessApp,
  WITNESS_CONNECTIONS_MAX,
  type WitnessAppOptions,
} from './witness-app.ts';
