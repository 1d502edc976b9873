import { runAction } from '../../core/run/index.ts';
import { modelGate } from './main.ts';

await runAction(modelGate);
