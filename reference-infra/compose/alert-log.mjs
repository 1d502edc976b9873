/**
 * Stands where a pager would: takes Alertmanager's webhooks and writes a line for each alert. Plain JavaScript without
 * packages, since it runs in the bare image of Node.
 */

import { createServer } from 'node:http';

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') {
    response.end('alert-log\n');
    return;
  }
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { alerts } = JSON.parse(Buffer.concat(chunks).toString());
    const receiver = request.url?.slice(1);
    for (const { status, labels, annotations } of alerts) {
      const { alertname: alert, severity } = labels;
      // What comes from labels is data: as JSON it stays on its line.
      console.log(
        JSON.stringify({ receiver, status, alert, severity, summary: annotations?.summary, labels }),
      );
    }
    response.end();
  } catch {
    response.writeHead(400).end('not a webhook of Alertmanager\n');
  }
});

server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '0.0.0.0', () => {
  console.log(JSON.stringify({ listening: server.address() }));
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
