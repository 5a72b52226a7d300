/** Entry of the child process that a worker starts for one analysis. */
import { serveAnalysis } from './child.ts';
import { runAnalysis } from './run-analysis.ts';

serveAnalysis(runAnalysis);
