import type { GateVerdict } from '../../harness/model/index.js';

/** Colours and type of a chart. The page has a light and a dark one, images are light. */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly surface: string;
  /** Told apart on this surface at 3:1 and, by lightness as well as hue, by readers who see colours differently. */
  readonly palette: readonly string[];
  readonly reference: string;
  /** Always beside a mark of its own: see verdictMarks. */
  readonly verdicts: Readonly<Record<GateVerdict, string>>;
  /** Behind marks: what lies within a budget. */
  readonly band: string;
  readonly font: string;
}

export const lightTheme: Theme = {
  name: 'light',
  ink: '#1f2328',
  muted: '#5b626c',
  grid: '#e4e2dc',
  surface: '#fffefb',
  palette: ['#0b5cad', '#c4500b', '#0a7a55', '#7a3fc0', '#b3165f', '#0d7f93', '#8a6a00', '#567a00'],
  reference: '#70757d',
  verdicts: {
    pass: '#17703f',
    regressed: '#b42318',
    improved: '#2b5d9f',
    inconclusive: '#875a00',
    incomparable: '#666b73',
  },
  band: '#f0eee6',
  font: 'Inter, system-ui, sans-serif',
};

export const darkTheme: Theme = {
  name: 'dark',
  ink: '#e8e6e1',
  muted: '#a3a7ad',
  grid: '#34373c',
  surface: '#1b1d20',
  palette: ['#6fb1ff', '#ff9d5c', '#4fd0a0', '#c3a1ff', '#ff86bd', '#5cd3e4', '#e3c14f', '#b9dd55'],
  reference: '#9aa0a8',
  verdicts: {
    pass: '#63cf9b',
    regressed: '#ff9389',
    improved: '#93bcf5',
    inconclusive: '#e6c35c',
    incomparable: '#a3a7ad',
  },
  band: '#272a2e',
  font: 'Inter, system-ui, sans-serif',
};
