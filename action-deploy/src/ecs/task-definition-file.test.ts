import { describe, expect, test } from 'vitest';
import { parseTaskDefinition, readTaskDefinitionFile } from './task-definition-file.ts';

const file = { path: '/nowhere/task.json', shown: 'deploy/task.json' };
const good = { family: 'web', containerDefinitions: [{ name: 'app', image: '<IMAGE1_NAME>' }] };

test('JSON; what the AWS CLI prints; YAML', () => {
  expect(parseTaskDefinition(JSON.stringify(good), file, null)).toEqual(good);
  const printed = {
    taskDefinition: { ...good, revision: 3, status: 'ACTIVE' },
    tags: [{ key: 'a', value: 'b' }],
  };
  expect(parseTaskDefinition(JSON.stringify(printed), file, null)).toEqual({ ...good, tags: printed.tags });
  const yaml = 'family: web\ncontainerDefinitions:\n  - name: app # the server\n    image: <IMAGE1_NAME>\n';
  expect(parseTaskDefinition(yaml, file, null)).toEqual(good);
});

test('texts stay as they are: nothing is filled in', () => {
  const definition = { ...good, cpu: '{{ cpu }}' };
  expect(parseTaskDefinition(JSON.stringify(definition), file, null)).toEqual(definition);
});

describe('what is no task definition', () => {
  const container = (...each: unknown[]) => JSON.stringify({ family: 'web', containerDefinitions: each });
  test.each([
    ['{', /^task-definition: deploy\/task\.json: .*/],
    ['{"family": "a", "family": "b"}', /deploy\/task\.json: Map keys must be unique at line 1/],
    ['[]', /the file holds no object/],
    ['{"Resources": {}}', /this is a CloudFormation template/],
    ['{"containerDefinitions": []}', /`family` is missing/],
    ['{"family": "a b"}', /"a b" is no name of a family/],
    ['{"family": "web"}', /`containerDefinitions` has no container/],
    [container({ image: 'x' }), /containerDefinitions\[0\] has no `name`/],
    [container({ name: 'a', image: 'x' }, { name: 'a', image: 'y' }), /two containers have the name "a"/],
    [
      container({ name: 'a', image: 'x' }, { name: 'b', image: '<IMAGE>' }),
      /the container b has the image "<IMAGE>"; allowed: an image; placeholders are not filled in/,
    ],
    [container({ name: 'a', image: 'x' }, { name: 'b' }), /the container b has no image/],
  ])('%s', (text, message) => {
    expect(() => parseTaskDefinition(text, file, null)).toThrow(message);
  });

  test('a file that is not there', async () => {
    await expect(readTaskDefinitionFile(file, null)).rejects.toThrow(
      'task-definition: deploy/task.json: the file does not exist',
    );
  });
});

test('the image of the container that gets one may be anything', () => {
  const text = JSON.stringify({
    family: 'web',
    containerDefinitions: [
      { name: 'app', image: '{{ image }}' },
      { name: 'b', image: 'redis' },
    ],
  });
  expect(() => parseTaskDefinition(text, file, 'app')).not.toThrow();
  expect(() => parseTaskDefinition(text, file, null)).toThrow('the container app has the image');
});
