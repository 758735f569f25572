export { complianceService } from './service';
