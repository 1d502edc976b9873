/**
 * A server on loopback that answers every request as it is told, in place of AWS. It knows nothing of AWS: neither
 * operations nor signatures; it keeps what it was asked, and speaks the JSON protocol's errors.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly url: string;
  /** `AmazonEC2ContainerServiceV20141113.DescribeServices`; empty for REST services. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

/** `answers` in turn, the last one for ever. */
export async function startScripted(...answers: readonly Answer[]): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      const { method = '', url = '', headers } = request;
      const target = String(headers['x-amz-target'] ?? '');
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      const question = { method, url, target, headers };
      asked.push(question);
      answer?.(response, question);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** An answer of the JSON 1.1 protocol. */
export function answers(body: unknown, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  };
}

export function fails(type: string, message: string, status = 400): Answer {
  return answers({ __type: type, message }, status);
}

/** Ends the connection without an answer. */
export const hangsUp: Answer = (response) => response.destroy();

export const neverAnswers: Answer = () => {};

/** A body that is begun and goes on for ever. */
export const neverEnds: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
  const timer = setInterval(() => response.write(' '), 5);
  response.once('close', () => clearInterval(timer));
};

/** Keys as AWS's documentation gives them for examples. */
export const exampleKeys = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'eu-west-1',
};
