import { describe, expect, it } from '@jest/globals';
import { userFrames } from './stack-frames.js';

describe('userFrames', () => {
  it('finds the top frames of JavaScript, by folder and file', () => {
    const stack = [
      'TypeError: x is not a function',
      '    at check (/home/site/wwwroot/lib/check.js:10:5)',
      '    at async Promise.all (index 0)',
      '    at Object.handler (file:///home/site/wwwroot/process/index.js:3:9)',
      '    at process/other.js:7:1',
      '    at run (/home/site/wwwroot/node_modules/lib/run.js:1:1)',
    ].join('\n');
    expect(userFrames(stack)).toEqual([
      'check (lib/check.js)',
      'async Promise.all (index 0)',
      'Object.handler (process/index.js)',
    ]);
  });

  it('is the same wherever the app was unpacked, and whatever line the code is in', () => {
    const at = (place: string): string => `Error: no\n    at check (${place})`;
    const places = [
      '/home/site/wwwroot/lib/check.js:10:5',
      '/var/nightjar/packages/9f86d08/lib/check.js:12:1',
      'C:\\nightjar\\packages\\9f\\lib\\check.js:10:5',
      'file:///C:/apps/lib/check.js:1:50',
    ];
    expect(new Set(places.flatMap((place) => userFrames(at(place))))).toEqual(
      new Set(['check (lib/check.js)']),
    );
  });

  it('leaves out runtimes, libraries and the language worker', () => {
    const stack = [
      'Error: no',
      '    at node:internal/main:1:1',
      '    at Socket.emit (node:events:519:28)',
      '    at ok (/app/node_modules/pg/index.js:1:1)',
      '    at call (/opt/nightjar/language-worker/main.js:1:1)',
      '    at new Promise (<anonymous>)',
      '    at mine (/app/f/index.js:1:1)',
    ].join('\n');
    expect(userFrames(stack)).toContain('mine (f/index.js)');
    expect(userFrames(stack).filter((frame) => /node:|pg|main\.js/.test(frame))).toEqual([]);
  });

  it('finds those of .NET', () => {
    const stack = [
      'System.InvalidOperationException: no',
      '   at Shop.Orders.Check(Order order) in C:\\build\\src\\Orders.cs:line 42',
      '   at System.Threading.Tasks.Task.Execute()',
      '   at Shop.Process.Run(String item) in /src/Process.cs:line 7',
    ].join('\n');
    expect(userFrames(stack)).toEqual([
      'Shop.Orders.Check(Order order) in src/Orders.cs',
      'Shop.Process.Run(String item) in src/Process.cs',
    ]);
  });

  it('finds those of Java', () => {
    const stack = [
      'java.lang.IllegalStateException: no',
      '\tat com.shop.Orders.check(Orders.java:42)',
      '\tat java.base/java.lang.Thread.run(Thread.java:1583)',
    ].join('\n');
    expect(userFrames(stack)[0]).toBe('com.shop.Orders.check(Orders.java)');
    expect(userFrames(stack)).toHaveLength(1);
  });

  it('finds those of Python, the last one first', () => {
    const stack = [
      'Traceback (most recent call last):',
      '  File "/azure-functions-host/workers/python/azure_functions_worker/dispatcher.py", line 1, in run',
      '  File "/home/site/wwwroot/process/__init__.py", line 12, in main',
      '    check(item)',
      '  File "/home/site/wwwroot/lib/check.py", line 3, in check',
      '    raise ValueError("no")',
      'ValueError: no',
    ].join('\n');
    expect(userFrames(stack)).toEqual(['check (lib/check.py)', 'main (process/__init__.py)']);
  });

  it('finds those of PowerShell', () => {
    const stack = 'at Check-Order, /home/site/wwwroot/process/run.ps1: line 12';
    expect(userFrames(stack)).toEqual(['Check-Order, process/run.ps1']);
  });

  it('finds none where there are none', () => {
    expect(userFrames(undefined)).toEqual([]);
    expect(userFrames('')).toEqual([]);
    expect(userFrames('Error: meet me\nat noon')).toEqual(['noon']);
    expect(userFrames('Segmentation fault')).toEqual([]);
  });
});
