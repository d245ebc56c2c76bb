import { describePython } from '../../test/support/runtime/python-contract.ts';
import { pythonEnginesForTests } from '../../test/support/runtime/python-engines.ts';

for (const [name, open] of Object.entries(pythonEnginesForTests)) describePython(name, open);
