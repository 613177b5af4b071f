/** One program that differs from the right one in one place. */
export interface Mutant {
  /** Line of the compiled source, from 1. */
  readonly line: number;
  /** What was replaced by what. */
  readonly change: string;
  readonly source: string;
}

/**
 * Every way of getting one comparison, condition or step of a compiled module wrong: compares the other way or one off,
 * takes the other branch always, swaps and / or, all / some, highest / lowest, forgets a negation or the one in `+ 1`.
 * Texts are left alone.
 */
export function mutantsOf(source: string): readonly Mutant[] {
  const tokens = tokensOf(source);
  return tokens
    .flatMap((token, index) => replacementsOf(token, tokens, index))
    .map(({ start, end, by }) => ({
      line: source.slice(0, start).split('\n').length,
      change: `${source.slice(start, end)} → ${by === '' ? 'nothing' : by}`,
      source: source.slice(0, start) + by + source.slice(end),
    }));
}

interface Token {
  readonly text: string;
  readonly start: number;
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '&&': ['||'],
  '||': ['&&'],
  '!': [''],
  max: ['min'],
  min: ['max'],
  some: ['every'],
  every: ['some'],
};

function replacementsOf(token: Token, tokens: readonly Token[], index: number): readonly Replacement[] {
  const end = token.start + token.text.length;
  const same = (Object.hasOwn(INSTEAD, token.text) ? (INSTEAD[token.text] ?? []) : []).map((by) => ({
    start: token.start,
    end,
    by,
  }));
  const next = tokens[index + 1];
  if ((token.text === '+' || token.text === '-') && next?.text === '1')
    return [{ start: next.start, end: next.start + 1, by: '0' }];
  if (token.text !== 'if') return same;
  const close = closingOf(tokens, index + 1);
  if (next === undefined || close === undefined) return same;
  return ['true', 'false'].map((by) => ({ start: next.start + 1, end: close.start, by }));
}

function closingOf(tokens: readonly Token[], open: number): Token | undefined {
  let depth = 0;
  return tokens.slice(open).find(({ text }) => {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    return depth === 0;
  });
}

// Texts and comments first, so that nothing inside them is taken for code; then the longer operators before the
// shorter.
const TOKEN = new RegExp(
  [
    /\/\/.*|\/\*[^]*?\*\//,
    /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`/,
    /[A-Za-z_$][\w$]*|\d[\w.]*/,
    /===|!==|=>|<=|>=|&&|\|\||\?\?=?|\+\+|--|[+\-*/]=|[^\s\w]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

function tokensOf(source: string): readonly Token[] {
  return [...source.matchAll(TOKEN)]
    .filter(([text]) => !/^(\/\/|\/\*|['"`])/.test(text))
    .map((match) => ({ text: match[0], start: match.index }));
}
