import { runAction } from '../../core/run/index.ts';
import { perfGate } from './main.ts';

await runAction(perfGate);
