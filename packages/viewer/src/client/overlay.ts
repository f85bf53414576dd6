import type uPlot from 'uplot';
import type { Exemplar } from '../model/exemplars.ts';
import type { Mark } from '../model/marks.ts';
import { cssColour, faded } from './theme.ts';

export interface Overlay {
  readonly limits: readonly { readonly value: number; readonly colour: string }[];
  readonly marks: readonly Mark[];
  readonly exemplars: readonly Exemplar[];
}

const diamond = 4;

/** Draws limits, marks and exemplars in canvas pixels. */
export function drawOverlay(chart: uPlot, { limits, marks, exemplars }: Overlay): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = devicePixelRatio;
  for (const { value, colour } of limits) drawLimit(chart, value, cssColour(`mark-${colour}`));
  for (const colour of new Set(marks.map((mark) => mark.colour))) {
    const alike = marks.filter((mark) => mark.colour === colour);
    drawMarks(chart, alike, cssColour(`mark-${colour}`));
  }
  ctx.restore();
  for (const exemplar of exemplars) drawExemplar(chart, exemplar);
}

function drawLimit(chart: uPlot, value: number, colour: string): void {
  const { ctx, bbox } = chart;
  const y = Math.round(chart.valToPos(value, 'y', true));
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.strokeStyle = colour;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  line(ctx, [bbox.left, y], [bbox.left + bbox.width, y]);
}

/** A line at each start; all times in one shape, so that many at once are no darker than one. */
function drawMarks(chart: uPlot, marks: readonly Mark[], tone: string): void {
  const { ctx, bbox } = chart;
  const xOf = (milliseconds: number) => chart.valToPos(milliseconds / 1_000, 'x', true);
  ctx.strokeStyle = tone;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { from } of marks) {
    line(ctx, [xOf(from), bbox.top], [xOf(from), bbox.top + bbox.height]);
  }
  ctx.beginPath();
  for (const { from, to } of marks) {
    ctx.rect(xOf(from), bbox.top, xOf(to) - xOf(from), bbox.height);
  }
  ctx.fillStyle = faded(tone, 0.1);
  ctx.fill();
}

function line(
  context: CanvasRenderingContext2D,
  from: readonly [number, number],
  to: readonly [number, number],
): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/** The position of an exemplar; beyond the scale it is at the edge. */
export function placeOf(chart: uPlot, { time, value }: Exemplar, inCanvas: boolean) {
  const { min = 0, max = 1 } = chart.scales.y ?? {};
  const seen = Math.min(Math.max(value, min ?? 0), max ?? 1);
  return { x: chart.valToPos(time, 'x', inCanvas), y: chart.valToPos(seen, 'y', inCanvas) };
}

function drawExemplar(chart: uPlot, exemplar: Exemplar): void {
  const { ctx, bbox } = chart;
  const { x, y } = placeOf(chart, exemplar, true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const size = diamond * devicePixelRatio;
  ctx.fillStyle = cssColour('mark-purple');
  ctx.beginPath();
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y + size);
  ctx.lineTo(x - size, y);
  ctx.closePath();
  ctx.fill();
}
