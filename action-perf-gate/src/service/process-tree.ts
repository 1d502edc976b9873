/** The processes of a service, as Linux tells them in /proc: its group, its session, their children, and strays. */

import { readdirSync, readFileSync } from 'node:fs';

/** Of one process; proc(5), `/proc/pid/stat`. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly zombie: boolean;
  /** User and system time of its threads, ended ones included, in ticks. */
  readonly ticks: number;
  /** The same of its children that have ended and were waited for. */
  readonly childTicks: number;
  readonly startTicks: number;
  readonly residentPages: number;
}

/** Whether this system tells what processes do. */
export function canSeeProcesses(): boolean {
  return process.platform === 'linux' && factsOf(process.pid) !== null;
}

export function factsOf(pid: number): ProcessFacts | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name stands in parentheses and may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (field: number): number => Number(fields[field - 3] ?? 0);
  return {
    pid,
    parent: number(4),
    group: number(5),
    session: number(6),
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    ticks: number(14) + number(15),
    childTicks: number(16) + number(17),
    startTicks: number(22),
    residentPages: number(24),
  };
}

/** Variable in the environment of every process that the gate starts; children inherit it wherever they go. */
export const markerName = 'ML_GATES_SERVICE';

/** Finds all processes of one service, also those that left its group and its session (a daemon). */
export class ProcessTree {
  readonly #root: number;
  readonly #marker: string;
  /** Whether a process carries the marker, by pid and start: an environment is read once. */
  readonly #marked = new Map<string, boolean>();

  constructor(root: number, marker: string) {
    this.#root = root;
    this.#marker = `${markerName}=${marker}`;
  }

  /** Those that live now; zombies are among them, as their times count. */
  members(): readonly ProcessFacts[] {
    const all = allProcesses();
    const members = new Map<number, ProcessFacts>();
    for (const facts of all) {
      if (facts.group === this.#root || facts.session === this.#root || this.#isMarked(facts)) {
        members.set(facts.pid, facts);
      }
    }
    // Children of members that cleaned their environment: until no more are found.
    for (let before = -1; before !== members.size; ) {
      before = members.size;
      for (const facts of all) if (members.has(facts.parent)) members.set(facts.pid, facts);
    }
    members.delete(process.pid);
    return [...members.values()];
  }

  #isMarked({ pid, startTicks, zombie }: ProcessFacts): boolean {
    if (zombie || pid === process.pid) return false;
    const key = `${pid} ${startTicks}`;
    const known = this.#marked.get(key);
    if (known !== undefined) return known;
    const marked = environmentOf(pid).includes(this.#marker);
    this.#marked.set(key, marked);
    return marked;
  }
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

function allProcesses(): readonly ProcessFacts[] {
  let names: readonly string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.flatMap((name) => (/^\d+$/.test(name) ? (factsOf(Number(name)) ?? []) : []));
}
