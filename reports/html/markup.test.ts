import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { escapeScript, html, inlineScript, jsonBlock } from './markup.js';
import { prose } from './prose.js';

test('text is escaped, markup is not, null is nothing', () => {
  assert.is(
    html`<p title="${'"<&>\''}">${'<b>'}${html`<i>${1}</i>`}${null}${['a', html`<br>`]}</p>`.markup,
    '<p title="&quot;&lt;&amp;&gt;&#39;">&lt;b&gt;<i>1</i>a<br></p>',
  );
});

test('data cannot end its element, open a comment, or break a line of JavaScript', () => {
  const block = jsonBlock('x', { text: '</script><!--\u2028' }).markup;
  assert.is(block, '<script type="application/json" id="x">{"text":"\\u003c/script>\\u003c!--\\u2028"}</script>');
});

test('our own code cannot end its element either, and means the same', () => {
  assert.is(
    escapeScript("const a = '</script>', b = '</SCRIPT>', c = '<!--';"),
    "const a = '<\\/script>', b = '<\\/SCRIPT>', c = '<\\!--';",
  );
  assert.is(inlineScript('1 < 2').markup, '<script>1 < 2</script>');
});

test('an option is kept in one piece, a dash in a sentence is not one', () => {
  assert.is(
    prose('Raise --timeout, or --no-wait. a--b').markup,
    'Raise <span class="option">--timeout</span>, or <span class="option">--no-wait</span>. a--b',
  );
});

test.run();
