/** Takes one request of `key`: 0 if it may pass, else the milliseconds until one may. */
export type Take = (key: string) => Promise<number> | number;
