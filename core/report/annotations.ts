import type { GateResult } from '../gate/types.ts';
import { escapeCommandData, escapeCommandProperty, shorten, visible } from './escape.ts';
import { counted } from './format.ts';
import { gateName, nameLimit, sentence, sentenceLimit, standingOf, worstFirst } from './verdict.ts';

export type AnnotationLevel = 'error' | 'warning' | 'notice';

export interface Annotation {
  readonly level: AnnotationLevel;
  readonly title: string;
  readonly message: string;
  /** A file of the repository and its lines from 1, where the finding has a place; else null. */
  readonly place: { readonly file: string; readonly startLine: number; readonly endLine: number } | null;
}

const titleLimit = 255;

/** One annotation per check that did not pass, the worst first, then one per notice. Text is raw: not escaped. */
export function annotationsOf(result: GateResult<unknown>): readonly Annotation[] {
  const { checks, notices } = result.predicate.gate;
  const name = gateName(result);
  const ofChecks = worstFirst(checks).flatMap((check): Annotation[] => {
    const standing = standingOf(check);
    if (standing === 'passed') return [];
    const said = standing === 'warning' ? 'does not hold' : standing;
    return [
      {
        level: standing === 'failed' ? 'error' : 'warning',
        title: shorten(`${name}: ${shorten(check.id, nameLimit)} ${said}`, titleLimit),
        message: sentence(shorten(check.reason, sentenceLimit)),
        place: null,
      },
    ];
  });
  const ofNotices = notices.map(
    (notice): Annotation => ({
      level: 'notice',
      title: name,
      message: shorten(notice, sentenceLimit),
      place: null,
    }),
  );
  return [...ofChecks, ...ofNotices];
}

/** Workflow commands, at most `maximum` per level; plain lines at the end count those left out. */
export function workflowCommands(annotations: readonly Annotation[], maximum: number): readonly string[] {
  const levels: readonly AnnotationLevel[] = ['error', 'warning', 'notice'];
  const commands = levels.flatMap((level) =>
    annotations
      .filter((annotation) => annotation.level === level)
      .slice(0, maximum)
      .map(command),
  );
  const rest = levels.flatMap((level) => {
    const left = annotations.filter((annotation) => annotation.level === level).length - maximum;
    return left > 0 ? [counted(left, `more ${level}`)] : [];
  });
  return rest.length === 0
    ? commands
    : [
        ...commands,
        `${rest.join(', ')} not annotated (max-annotations: ${maximum}); the report has them all.`,
      ];
}

function command(annotation: Annotation): string {
  const { place } = annotation;
  const properties: readonly (readonly [string, string | number])[] = [
    ['title', visible(annotation.title)],
    ...(place === null
      ? []
      : ([
          ['file', place.file],
          ['line', place.startLine],
          ['endLine', place.endLine],
        ] as const)),
  ];
  const written = properties
    .map(([key, value]) => `${key}=${escapeCommandProperty(String(value))}`)
    .join(',');
  return `::${annotation.level} ${written}::${escapeCommandData(visible(annotation.message))}`;
}
