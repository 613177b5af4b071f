import { printable } from '../printable.js';

const levels = ['error', 'warning', 'notice'] as const;

export interface Annotation {
  readonly level: (typeof levels)[number];
  readonly title: string;
  readonly message: string;
}

/**
 * Lines that GitHub Actions turns into annotations when a step prints them, errors first. Empty where there is
 * nothing to say.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function annotationLines(found: readonly Annotation[]): string {
  return levels
    .flatMap((level) =>
      shorten(
        level,
        found.filter((annotation) => annotation.level === level),
      ),
    )
    .map((annotation) => `${spell(annotation)}\n`)
    .join('');
}

// GitHub shows ten of a level and step, and drops the others in silence: the tenth says how many there are.
function shorten(level: Annotation['level'], annotations: readonly Annotation[]): readonly Annotation[] {
  if (annotations.length <= shownOfALevel) return annotations;
  const shown = annotations.slice(0, shownOfALevel - 1);
  return [
    ...shown,
    {
      level,
      title: 'ipcbench',
      message: `And ${annotations.length - shown.length} more: the job's summary has them all.`,
    },
  ];
}

const shownOfALevel = 10;

function spell({ level, title, message }: Annotation): string {
  return `::${level} title=${escapeProperty(printable(title))}::${escapeMessage(printable(message))}`;
}

// As the runner takes them back: a percent sign first, or the others would be escaped twice.
function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
