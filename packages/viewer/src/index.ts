export { viewerMetrics } from './catalogue.ts';
export { dataRoutes } from './data-routes.ts';
export { type Html, type HtmlValue, html, safeHref } from './html.ts';
export { dashboardRoutes } from './routes.ts';
