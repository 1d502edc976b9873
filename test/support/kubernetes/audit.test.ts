import { expect, test } from 'vitest';
import { parseAudit } from './audit.ts';

const request = {
  kind: 'Event',
  auditID: '1',
  stage: 'RequestReceived',
  requestURI: '/apis/apps/v1/namespaces/prod/deployments/web?fieldManager=x&dryRun=All',
  verb: 'patch',
  user: { username: 'octo' },
  objectRef: { resource: 'deployments', namespace: 'prod', name: 'web', apiGroup: 'apps' },
  requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
};

function lines(...entries: object[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

test('the stages of a request are one entry', () => {
  const complete = {
    ...request,
    stage: 'ResponseComplete',
    responseStatus: { code: 200 },
    requestObject: { spec: {} },
  };
  expect(parseAudit(lines(request, { ...request, auditID: '2', verb: 'watch' }, complete))).toMatchObject([
    {
      user: 'octo',
      verb: 'patch',
      group: 'apps',
      resource: 'deployments',
      subresource: '',
      namespace: 'prod',
      name: 'web',
      dryRun: true,
      code: 200,
      body: { spec: {} },
    },
    { verb: 'watch', code: null, body: null },
  ]);
});

test('who is impersonated is the user, and a half-written line waits', () => {
  const log = lines({ ...request, impersonatedUser: { username: 'other' } });
  expect(parseAudit(`${log}{"auditID":"3","sta`)).toMatchObject([{ user: 'other' }]);
});
