import { Module } from '@nestjs/common';
import { CatalogueModule } from '../../catalogue/catalogue.module.js';
import { DispatchModule } from '../../dispatch/dispatch.module.js';
import { TimerScheduleController } from './timer-schedule.controller.js';
import { TimerScheduler } from './timer-scheduler.js';
import { TimerWarming } from './timer-warming.js';
import { TimerSchedules } from './timer-schedules.js';

@Module({
  imports: [CatalogueModule, DispatchModule],
  controllers: [TimerScheduleController],
  providers: [TimerSchedules, TimerWarming, TimerScheduler],
})
export class TimerTriggerModule {}
