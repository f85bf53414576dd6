export { StackError } from './stack-error.ts';
export { type ToolName, toolCatalogue } from './tools/catalogue.ts';
export {
  ensureTool,
  ensureTools,
  type FoundTool,
  findAmtool,
  findPromtool,
  type ToolOptions,
} from './tools/ensure-tools.ts';
