/** A thread that judges blocks of rows. Started by `pool.ts`. */

import { parentPort, workerData } from 'node:worker_threads';
import { isUserFacing } from '../../../core/inputs/errors.ts';
import { listen } from '../../../core/threads/index.ts';
import { Profile } from '../profile/profile.ts';
import { Unjudgeable } from '../schema/index.ts';
import { ColumnsJudge } from './columns-judge.ts';
import { CsvJudge } from './csv-judge.ts';
import { JsonJudge } from './json-judge.ts';
import type { Block, BlockReading, FileSetup, Found, FromJudge, JudgeSetup, ToJudge } from './protocol.ts';
import { RowJudge } from './row-judge.ts';
import { ValueJudge } from './value-judge.ts';
import { placeText } from './watch.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');
const watch = workerData as SharedArrayBuffer;
const send = (message: FromJudge, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const profile = new Profile();
/** The file at hand, by its index. */
const readers = new Map<number, (block: Block) => BlockReading>();
/** Where the work stands, for messages: `data.csv:17: `. */
let place = (): string => '';

let setup: JudgeSetup = { schema: null, nulls: [] };
/** The block at hand. */
let current = 0;
const sendFound = (found: readonly Found[]): void => {
  send({ kind: 'found', id: current, found });
  judge.watch.sent();
};
let judge = new RowJudge(setup, watch, sendFound);

listen(port, (message: ToJudge) =>
  guarded(() => {
    switch (message.kind) {
      case 'setup':
        setup = message.setup;
        judge = new RowJudge(setup, watch, sendFound);
        break;
      case 'file':
        readers.clear();
        judge.watch.at(0);
        place = () => `${placeText(message.setup.shown, judge.watch.line)}: `;
        readers.set(message.setup.file, readerOf(message.setup));
        break;
      case 'block': {
        const { block } = message;
        const read = readers.get(block.file);
        if (read === undefined) throw new Error(`no file ${block.file}`);
        current = block.id;
        const reading = read(block);
        const bytes = block.kind === 'text' || block.kind === 'spans' ? block.bytes : null;
        const transfer = bytes === null ? [] : [bytes];
        send({ kind: 'judged', id: block.id, ...reading, ...judge.take(), bytes }, transfer);
        break;
      }
      case 'finish':
        send({ kind: 'finished', columns: profile.state(), columnsLeft: profile.columnsLeft });
        break;
    }
  }),
);

function readerOf(file: FileSetup): (block: Block) => BlockReading {
  switch (file.layout.kind) {
    case 'csv': {
      const csv = new CsvJudge(file, file.layout, judge, profile, setup);
      return (block) => csv.read(ofKind(block, 'text'));
    }
    case 'json': {
      const json = new JsonJudge(file, judge, profile);
      return (block) => {
        if (block.kind === 'text' || block.kind === 'spans') return json.read(block);
        throw new Error('values in a JSON file');
      };
    }
    case 'values': {
      const values = new ValueJudge(file.layout, judge, profile);
      const columns = new ColumnsJudge(file.layout, judge, profile);
      return (block) => {
        const rows = block.kind === 'columns' ? columns.read(block) : values.read(ofKind(block, 'values'));
        return { rows, blankLines: 0 };
      };
    }
  }
}

function ofKind<Kind extends Block['kind']>(block: Block, kind: Kind): Extract<Block, { kind: Kind }> {
  if (block.kind !== kind) throw new Error(`a block of ${block.kind} where ${kind} is expected`);
  return block as Extract<Block, { kind: Kind }>;
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error));
    send({
      kind: 'failed',
      message: error instanceof Unjudgeable ? `${place()}${known.message}` : known.message,
      defect: isUserFacing(error) ? null : (known.stack ?? ''),
    });
  }
}
