/** What is used of CanvasRenderingContext2D, which this build has no declaration for. */
export interface Pen {
  lineWidth: number;
  strokeStyle: unknown;
  fillStyle: unknown;
  font: string;
  textBaseline: unknown;
  textAlign: unknown;
  save(): void;
  restore(): void;
  beginPath(): void;
  closePath(): void;
  fill(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  setLineDash(segments: number[]): void;
  rect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
  measureText(text: string): { readonly width: number };
  fillText(text: string, x: number, y: number): void;
}
