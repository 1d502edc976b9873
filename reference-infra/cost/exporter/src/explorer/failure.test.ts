import { expect, test } from 'vitest';
import { CostFailure, failureOf, isPassing, withoutSecrets } from './failure.ts';

function thrown(name: string, message: string, status?: number): Error {
  const error = new Error(message);
  error.name = name;
  return status === undefined ? error : Object.assign(error, { $metadata: { httpStatusCode: status } });
}

test.each([
  [thrown('LimitExceededException', 'Rate exceeded', 400), 'throttled', true],
  [thrown('ThrottlingException', 'Rate exceeded', 400), 'throttled', true],
  [thrown('SomethingNew', 'slow down', 429), 'throttled', true],
  [thrown('InternalFailure', 'try again', 500), 'unavailable', true],
  [thrown('SomethingNew', 'bad gateway', 502), 'unavailable', true],
  [thrown('Error', 'connect ECONNREFUSED 127.0.0.1:1'), 'unreachable', true],
  [thrown('TimeoutError', 'socket hang up'), 'unreachable', true],
  [thrown('CredentialsProviderError', 'Could not load credentials from any providers'), 'credentials', false],
  [thrown('UnrecognizedClientException', 'The security token is invalid', 400), 'credentials', false],
  [
    thrown('AccessDeniedException', 'not authorized to perform: ce:GetCostAndUsage', 400),
    'access_denied',
    false,
  ],
  [thrown('DataUnavailableException', 'Insufficient amount of historical data', 400), 'no_data', false],
  [thrown('ValidationException', 'Start date should be before end date', 400), 'refused', false],
  [thrown('SomethingNew', 'no', 400), 'refused', false],
])('%s is %s', (error, reason, passing) => {
  const failure = failureOf(error);
  expect(failure.reason).toBe(reason);
  expect(isPassing(failure)).toBe(passing);
  expect(failure.message).toContain(error.message);
});

test('a failure stays what it is, and what is no error is told as text', () => {
  const failure = new CostFailure('request_budget', 'used up');
  expect(failureOf(failure)).toBe(failure);
  expect(failureOf('gone').message).toBe('gone');
});

test('nothing that could be a secret is told', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const message = [
    `Credential must have 5 elements, got 'Credential=AKIAIOSFODNN7EXAMPLE/20261130, Signature=abc${secret}'`,
    `The Canonical String should have been 'POST x-amz-security-token:${secret}'`,
  ].join('\n');
  const told = withoutSecrets(`${message}`);
  expect(told).not.toContain('AKIA');
  expect(told).not.toContain('wJalr');
  expect(told).not.toContain('\n');
  expect(withoutSecrets(`the key AKIAIOSFODNN7EXAMPLE is not valid`)).toBe('the key … is not valid');
  expect(withoutSecrets(`secret ${secret}`)).toBe('secret …');
  expect(withoutSecrets('https://user:pass@proxy:3128 refused')).toBe('https://proxy:3128 refused');
  expect(withoutSecrets('a '.repeat(400)).length).toBe(300);
});
