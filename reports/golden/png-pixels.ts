import { createRequire } from 'node:module';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Share of the pixels of a region that differ from the region's most frequent colour. */
  inked(left: number, top: number, width: number, height: number): number;
}

/** Reads an image back, or null where the canvas is not installed. */
export async function readPixels(png: Buffer): Promise<Pixels | null> {
  const canvas = loadCanvas();
  if (canvas === null) return null;
  const image = await canvas.loadImage(png);
  const context = canvas.createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return {
    width: image.width,
    height: image.height,
    inked: (left, top, width, height) => inkedShare(context.getImageData(left, top, width, height).data),
  };
}

function inkedShare(rgba: Uint8ClampedArray): number {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgba.length; at += 4) {
    const colour = ((rgba[at] ?? 0) << 16) | ((rgba[at + 1] ?? 0) << 8) | (rgba[at + 2] ?? 0);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return 1 - Math.max(...counts.values()) / (rgba.length / 4);
}

interface Canvas {
  loadImage(png: Buffer): Promise<{ readonly width: number; readonly height: number }>;
  createCanvas(width: number, height: number): { getContext(kind: '2d'): Context };
}

interface Context {
  drawImage(image: object, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}

function loadCanvas(): Canvas | null {
  try {
    return createRequire(import.meta.url)('@napi-rs/canvas') as Canvas;
  } catch {
    return null;
  }
}
