/** An HTTP/1.1 client over sockets, for many connections and little work per request. */

export { secureContext } from './authorities.ts';
export { type Address, Connection, type Means, type Owner } from './connection.ts';
export { codeOf, describeFailure, exhaustedCodes, type Failure } from './failure.ts';
export { Pool } from './pool.ts';
export { requestBytes } from './request-bytes.ts';
export { type ParserLimits, ResponseParser } from './response-parser.ts';
