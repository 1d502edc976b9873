/**
 * A Cost Explorer on the loopback interface, for what moto's cannot do: forecasts, failures, answers by what was asked. Each
 * request and answer is held against AWS's own description, as botocore carries it.
 *
 * It does not know: what AWS would refuse beyond that description (a period that is too long, a start in the future), how its
 * pages are cut, permissions, or whether a signature is right; only the scope of the signature is looked at.
 */

import { createServer, type IncomingMessage } from 'node:http';
import { ensureMoto } from '../../../scripts/tools/moto.ts';
import { loadServiceModel } from '../../support/ecs/service-model.ts';

export interface CostCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export type CostAnswer =
  | { readonly kind: 'answer'; readonly body: object }
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message: string }
  /** The connection is closed without an answer. */
  | { readonly kind: 'lost' };

export interface CostExplorerStandIn {
  readonly url: string;
  readonly calls: CostCall[];
  /** What was not as AWS describes it: must be empty at the end. */
  readonly violations: string[];
  /** Answers from now on. */
  answer(by: (call: CostCall, index: number) => CostAnswer): void;
  /** The next answers wait for that. */
  hold(until: Promise<void>): void;
  stop(): Promise<void>;
}

export async function startCostExplorer(
  first: (call: CostCall, index: number) => CostAnswer,
): Promise<CostExplorerStandIn> {
  const { botocoreData } = await ensureMoto();
  const model = loadServiceModel(botocoreData, 'ce');
  const calls: CostCall[] = [];
  const violations: string[] = [];
  let by = first;
  let held = Promise.resolve();
  const server = createServer(async (request, response) => {
    const [prefix, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const input: unknown = JSON.parse(await bodyOf(request));
    const scope = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
      String(request.headers.authorization),
    );
    if (prefix !== model.targetPrefix || !model.has(operation))
      violations.push(`${prefix}.${operation} is not known`);
    if (scope?.[1] !== 'us-east-1' || scope[2] !== 'ce')
      violations.push(`signed for ${scope?.[1]}, ${scope?.[2]}`);
    violations.push(...model.requestProblems(operation, input));
    const call = { operation, input: Object.fromEntries(Object.entries(input ?? {})) };
    calls.push(call);
    const answer = by(call, calls.length - 1);
    await held;
    if (answer.kind === 'lost') return void request.socket.destroy();
    response.setHeader('content-type', `application/x-amz-json-${model.jsonVersion}`);
    if (answer.kind === 'error') {
      response.writeHead(answer.status);
      return void response.end(JSON.stringify({ __type: answer.code, message: answer.message }));
    }
    violations.push(...model.responseProblems(operation, answer.body));
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the stand-in has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    violations,
    answer(next) {
      by = next;
    },
    hold(until) {
      held = until;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
