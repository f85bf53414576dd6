import { runVerb, stop } from '@watchkeeper/stack';

await runVerb('Usage: npm stop', [], stop);
