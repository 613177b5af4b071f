import type { ReportData } from '../report-data.js';

/** The data that the page carries compressed; null on a page without any, such as a gate's. */
export async function unpackReport(): Promise<ReportData | null> {
  const packed = document.getElementById('report-data')?.textContent;
  if (packed === undefined || packed === null) return null;
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text()) as ReportData;
}
