const paths = {
  circle: 'M14 3a3 3 0 1 1-.01 0z',
  triangle: 'M14 2.5l3.5 6h-7z',
  rect: 'M11.5 3.5h5v5h-5z',
  rectRot: 'M14 2l4 4-4 4-4-4z',
  star: 'M10 6h8M14 2v8M11.2 3.2l5.6 5.6M16.8 3.2l-5.6 5.6',
  crossRot: 'M11 3l6 6M17 3l-6 6',
  rectRounded: 'M12 4h4v4h-4z',
} as const;

/** A mark alone, as it stands in a plot. */
export function markSwatch(mark: keyof typeof paths, colour: string): SVGElement {
  const svg = element('svg', { viewBox: '7 0 14 12', width: '14', height: '12', 'aria-hidden': 'true' });
  svg.append(
    element('path', {
      d: paths[mark],
      stroke: colour,
      'stroke-width': '2',
      fill: mark === 'star' || mark === 'crossRot' ? 'none' : colour,
      'stroke-linejoin': mark === 'rectRounded' ? 'round' : 'miter',
    }),
  );
  return svg;
}

function element(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const created = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, value);
  return created;
}
