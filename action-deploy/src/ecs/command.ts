/**
 * Commands of the SDK with two things changed: they are sent once, since what may be sent again differs from call to
 * call and is decided by `calls.ts`; and JSON goes through as it is, with fields that this SDK does not know.
 */

import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

interface Request {
  body?: unknown;
}

interface Answer {
  readonly response: { statusCode?: number; body?: unknown };
}

// biome-ignore lint/suspicious/noExplicitAny: the handlers of each command have types of their own, and are passed on
type Next = (args: any) => Promise<any>;

interface AnyCommand {
  readonly middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: the same; the options are an intersection of unions
    add(middleware: (next: Next) => Next, options: any): void;
  };
}

/** The SDK's middleware that sends again has this name, and may be replaced. */
const retryMiddleware = 'retryMiddleware';

export function once<Command extends AnyCommand>(command: Command): Command {
  command.middlewareStack.add((next) => (args) => next(args), {
    step: 'finalizeRequest',
    name: retryMiddleware,
    priority: 'high',
    override: true,
  });
  return command;
}

/** Sends this JSON in place of what the SDK makes of the command's input. */
export function sending<Command extends AnyCommand>(command: Command, body: JsonObject): Command {
  command.middlewareStack.add(
    (next) => (args: { request: Request }) => {
      args.request.body = JSON.stringify(body);
      return next(args);
    },
    // Before the length is taken and the request signed.
    { step: 'build', name: 'mlGatesBody', priority: 'high' },
  );
  return command;
}

/** The command, and where the answer will stand as it came; null until then. */
export function keepingAnswer<Command extends AnyCommand>(
  command: Command,
): { readonly command: Command; readonly answer: () => JsonObject } {
  let kept: Json = null;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result: Answer = await next(args);
      if (result.response.statusCode !== 200) return result;
      const bytes = await bytesOf(result.response.body);
      result.response.body = bytes;
      try {
        kept = JSON.parse(new TextDecoder().decode(bytes)) as Json;
      } catch {
        // The SDK reads it next, and says what is wrong with it.
      }
      return result;
    },
    { step: 'deserialize', name: 'mlGatesAnswer', priority: 'low' },
  );
  return { command, answer: () => (isObject(kept) ? kept : {}) };
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
