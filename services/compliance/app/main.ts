import { runService } from '@midstream/runtime';
import { complianceService } from './service';

void runService(complianceService);
