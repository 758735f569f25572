import { runService } from '@midstream/runtime';
import { notificationService } from './service';

void runService(notificationService);
