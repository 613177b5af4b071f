/**
 * A window whose time is over waits for so many messages, but for no more than LONGEST_MS: a slow launch has a figure
 * too.
 */
export const LEAST_MESSAGES = 20;
export const LONGEST_MS = 1000;
