import { type RequestHandler, Router } from 'express';
import { type Asset, readAssets } from './assets.ts';
import { sendPage } from './document.ts';
import { openFolder } from './folder.ts';
import { dashboardPage, indexPage, type Services } from './page.ts';

/** `/dashboards`, `/dashboards/:uid` with its model and assets; `/d/:uid` as in Grafana. */
export function dashboardRoutes(
  dependencies: Services & { readonly dashboardsFolder: string | undefined },
): Router {
  const folder = openFolder(dependencies.dashboardsFolder);
  const router = Router();
  router.get('/dashboards/assets/*path', sendAsset());
  router.get('/dashboards', async (_, response) => {
    sendPage(response, indexPage(await folder.list()));
  });
  router.get('/dashboards/:uid', async (request, response) => {
    const { uid } = request.params;
    const { title = uid, description } = JSON.parse(await folder.read(uid));
    const all = await folder.list();
    sendPage(response, dashboardPage({ uid, title, description }, all, dependencies));
  });
  router.get('/dashboards/:uid/model', async (request, response) => {
    const text = await folder.read(request.params.uid);
    response.set('cache-control', 'no-cache').type('json').send(text);
  });
  // Grafana's own address, as alerts have it, redirects to the same dashboard here.
  router.get('/d/:uid{/:name}', async (request, response) => {
    await folder.read(request.params.uid);
    const search = /\?.*$/s.exec(request.originalUrl)?.[0] ?? '';
    response.redirect(`/dashboards/${encodeURIComponent(request.params.uid)}${search}`);
  });
  return router;
}

/** The files are read at the first request for one. */
function sendAsset(): RequestHandler {
  let assets: ReadonlyMap<string, Asset> | undefined;
  return (request, response, next) => {
    assets ??= new Map(readAssets().map((asset) => [`/dashboards/assets${asset.path}`, asset]));
    const asset = assets.get(request.path);
    if (asset === undefined) return next();
    // Revalidated each time, so that an upgrade shows at once.
    response.set('cache-control', 'no-cache').type(asset.type).send(asset.content);
  };
}
