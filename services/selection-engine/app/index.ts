export { selectionService } from './service';
