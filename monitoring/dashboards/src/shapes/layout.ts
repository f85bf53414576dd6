import type { GridPos } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelSpec } from './spec.ts';

const gridWidth = 24;
const heights = { stat: 4, timeseries: 8, bars: 8, table: 8, logs: 12 };

/** Places panels in rows from left to right; each row is as high as its highest panel. */
export function place(panels: readonly PanelSpec[]): GridPos[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return panels.map(({ width, height, kind }) => {
    const h = height ?? heights[kind];
    if (x + width > gridWidth) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const position = { x, y, w: width, h };
    x += width;
    rowHeight = Math.max(rowHeight, h);
    return position;
  });
}
