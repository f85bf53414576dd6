export { start } from './command/start.ts';
export { status, stop } from './command/status.ts';
export { stopRunning } from './command/stop-running.ts';
export { formatComponents, formatTable } from './command/table.ts';
export { runVerb } from './command/verb.ts';
export { appNames, appsWithDatabase, composeServices } from './compose-file.ts';
export { chooseMode } from './mode.ts';
export { readEnvironment } from './settings.ts';
export { type Stack, type StackOptions, startStack } from './stack.ts';
export { StackError } from './stack-error.ts';
export type { ComponentState, StackState, Timeline } from './state-file.ts';
export { isRunning, readState } from './state-file.ts';
export { repositoryRoot, type StateFolder, stateFolderAt, stateRootOf } from './state-folder.ts';
export { type ToolName, toolCatalogue } from './tools/catalogue.ts';
export {
  ensureTool,
  ensureTools,
  type FoundTool,
  findAmtool,
  findPromtool,
  type ToolOptions,
} from './tools/ensure-tools.ts';
