import { describeWithKafka } from '@midstream/testing/infrastructure';
import { crashSentences } from './suite/crash';

describeWithKafka('crashes over Apache Kafka', () => crashSentences('kafka', 3));
