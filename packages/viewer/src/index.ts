export { viewerMetrics } from './catalogue.ts';
export { dataRoutes } from './data-routes.ts';
export { renderDocument, sendPage } from './document.ts';
export { type Html, html, safeHref, trustMarkup } from './html.ts';
export { createQueryClient, type QueryAddresses, QueryError, sourceNames } from './query-client.ts';
export { dashboardRoutes } from './routes.ts';
