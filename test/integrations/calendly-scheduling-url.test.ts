import { expect, test } from '@jest/globals';
import { schedulingUrl } from '../../integrations/calendly/scheduling-url.ts';

const facts = { reference: 'key.mac', campaign: null, name: 'Zoë & Co', email: 'zoe+1@example.test' };

test('a link names its owner and fills the form in, and keeps its own query', () => {
  expect(schedulingUrl('https://calendly.example/host/60-min?month=1', facts)).toBe(
    'https://calendly.example/host/60-min?month=1&utm_content=key.mac&name=Zo%C3%AB+%26+Co&email=zoe%2B1%40example.test',
  );
});

test('a campaign tells it from others of the same owner', () => {
  const url = new URL(schedulingUrl('https://calendly.example/d/x', { ...facts, campaign: 'default-link' }));
  expect(url.searchParams.get('utm_campaign')).toBe('default-link');
});

test('what the link says of its owner already is replaced, never doubled', () => {
  const url = new URL(schedulingUrl('https://calendly.example/d/x?utm_content=forged&email=a', facts));
  expect(url.searchParams.getAll('utm_content')).toEqual(['key.mac']);
  expect(url.searchParams.getAll('email')).toEqual(['zoe+1@example.test']);
});

test('who gave no name is not called one', () => {
  const url = new URL(schedulingUrl('https://calendly.example/d/x', { ...facts, name: '' }));
  expect(url.searchParams.has('name')).toBe(false);
});
