"""What an entry's Markdown becomes: its links, numbers, live values, citations and plain words."""

import pytest

from glossary.rendering import (
    Computed,
    Mention,
    Rendered,
    Target,
    plain_text,
    render,
    render_inline,
    render_markdown,
)

TERMS = {
    "kv cache": Target("kv-cache", "/kv-cache/", "KV cache"),
    "kv caches": Target("kv-cache", "/kv-cache/", "KV cache"),
    "paged attention": Target("paged-attention", None, "Paged attention"),
}


def compute(call: str) -> Computed:
    if call != "memory n=70 p=4":
        raise ValueError(f"The engine cannot read “{call}”.")
    return Computed("35 GB", "/calculators/memory/?n=70&p=4")


def live(name: str) -> Computed:
    values = {"gb": "16 GB", "in.n": "8 billion", "in.p_q": "<b>"}
    if name not in values:
        raise ValueError(f"No calculator names “{name}”.")
    return Computed(values[name], "")


def entry(source: str) -> Rendered:
    return render(source, terms=TERMS, compute=compute, live=live, citations={"card": 2})


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        ("**a** and *b* and `c`", "<p><strong>a</strong> and <em>b</em> and <code>c</code></p>"),
        ("# a\n\n## b\n\n### c\n\n##### d", "<h3>a</h3>\n<h3>b</h3>\n<h3>c</h3>\n<h4>d</h4>"),
        ("```c++\nx < 1\n```", '<pre><code class="language-c++">x &lt; 1\n</code></pre>'),
        ("```C D\nx\n```", "<p><code>C D\nx</code></p>"),
        ("Term\n:   Words", "<dl>\n<dt>Term</dt>\n<dd>Words</dd>\n</dl>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("GPU\n\n*[GPU]: a card", '<p><abbr title="a card">GPU</abbr></p>'),
        ("a <b>b</b> &amp; < c", "<p>a &lt;b&gt;b&lt;/b&gt; &amp; &lt; c</p>"),
        ("![a chart](/media/charts/a.png)", '<p><img alt="a chart" src="/media/charts/a.png"></p>'),
        ("![a chart](https://x.example/a.png)", "<p>a chart</p>"),
        ("![a chart](/media/../admin/)", "<p>a chart</p>"),
        ("[a](/b/) [c](#d)", '<p><a href="/b/">a</a> <a href="#d">c</a></p>'),
        ("[a](//b.example) [c](/\\b) [d](ftp://e)", "<p>a c d</p>"),
        ("", ""),
    ],
)
def test_markdown_becomes_the_allowed_html(source: str, markup: str) -> None:
    assert render_markdown(source) == markup


def test_columns_keep_their_alignment_without_a_style() -> None:
    markup = render_markdown("| a | b |\n|:-:|--:|\n| 1 | 2 |")

    assert '<td align="center">1</td>\n<td align="right">2</td>' in markup


def test_a_link_to_another_site_passes_on_no_trust() -> None:
    assert render_markdown("[a](https://b.example/)") == (
        '<p><a href="https://b.example/" rel="nofollow noopener noreferrer">a</a></p>'
    )


@pytest.mark.parametrize("source", ["[[KV cache]]", "[[kv\n  CACHE]]", "[[KV Caches]]"])
def test_a_term_is_found_whatever_its_case_and_spacing(source: str) -> None:
    words = " ".join(source.strip("[]").split())

    assert entry(source).html == f'<p><a class="term" href="/kv-cache/">{words}</a></p>'


def test_a_link_may_show_other_words_even_in_a_table() -> None:
    shown = '<a class="term" href="/kv-cache/">the &lt;cache&gt;</a>'

    assert entry("[[KV cache|the <cache>]]").html == f"<p>{shown}</p>"
    assert f"<td>{shown}</td>" in entry("| a | b |\n|--|--|\n|[[KV cache\\|the <cache>]]|c|").html


def test_a_link_to_a_draft_is_plain_words_and_still_a_mention() -> None:
    rendered = entry("It uses [[paged attention]].")

    assert rendered.html == "<p>It uses paged attention.</p>"
    assert rendered.mentions == (Mention("paged-attention", "It uses paged attention."),)
    assert rendered.unknown == ()


def test_a_link_to_nothing_is_plain_words_and_reported_once() -> None:
    rendered = entry("[[Warp  drive|Warp]] and [[Warp drive]]")

    assert rendered.html == "<p>Warp and Warp drive</p>"
    assert rendered.unknown == ("Warp drive",)
    assert rendered.mentions == ()


def test_a_mention_carries_its_own_sentence_in_reading_order() -> None:
    rendered = entry(
        "First, e.g. **this**. The [[KV cache]] takes {= memory n=70 p=4 =} [#card]. Last.\n\n"
        "- An item\n- See [[paged attention]]!\n\nThe [[KV caches]] again. The [[KV caches]] again."
    )

    assert rendered.mentions == (
        Mention("kv-cache", "The KV cache takes 35 GB."),
        Mention("paged-attention", "See paged attention!"),
        Mention("kv-cache", "The KV caches again."),
    )


def test_a_long_sentence_is_cut_around_its_link() -> None:
    rendered = entry("before " * 100 + "[[KV cache]]" + " after" * 100)

    (mention,) = rendered.mentions
    assert len(mention.sentence) <= 240
    assert mention.sentence.startswith("…before ")
    assert " KV cache after " in mention.sentence
    assert mention.sentence.endswith(" after…")


def test_a_number_comes_from_the_engine_and_leads_to_its_calculator() -> None:
    assert entry("{= memory  n=70\n p=4 =}").html == (
        '<p><a class="num" href="/calculators/memory/?n=70&amp;p=4">35 GB</a></p>'
    )


def test_a_number_the_engine_refuses_stays_as_typed_and_is_reported() -> None:
    rendered = entry("{= memory *n=<b>* =}")

    assert rendered.html == "<p>{= memory *n=&lt;b&gt;* =}</p>"
    assert rendered.problems == ("{= memory *n=<b>* =}: The engine cannot read “memory *n=<b>*”.",)


def test_a_live_value_and_a_live_input_carry_their_names() -> None:
    rendered = entry("{~ gb ~}, {~in.n~} and {~ in.p_q ~}")

    assert rendered.html == (
        '<p><span class="live out live-gb">16 GB</span>, '
        '<a class="live n live-in-n" href="#n">8 billion</a> and '
        '<a class="live p-q live-in-p-q" href="#p-q">&lt;b&gt;</a></p>'
    )
    assert rendered.live == ("gb", "in.n", "in.p_q")


def test_a_live_value_without_a_calculator_is_reported() -> None:
    rendered = entry("{~ tokens ~}")

    assert rendered.html == "<p>{~ tokens ~}</p>"
    assert rendered.problems == ("{~ tokens ~}: No calculator names “tokens”.",)
    assert rendered.live == ()


def test_a_citation_shows_the_number_of_its_source() -> None:
    rendered = entry("24 GB [#card] [#lost]")

    mark = '<sup class="cite"><a href="#source-2">2</a></sup>'
    assert rendered.html == f"<p>24 GB {mark} [#lost]</p>"
    assert rendered.problems == ("[#lost]: no source of this entry has the key “lost”.",)


@pytest.mark.parametrize("source", ["a {= memory n=70", "a {~ two words ~}", "a {== b =}"])
def test_a_form_that_is_not_closed_is_reported(source: str) -> None:
    rendered = entry(source)

    assert rendered.html == f"<p>{source}</p>"
    assert len(rendered.problems) == 1


def test_without_an_engine_links_are_words_and_forms_stay_as_typed() -> None:
    source = "[[KV cache|a *cache*]] {= memory *n*=70 =} {~ gb ~} [#card]"

    assert render_markdown(source) == ("<p>a *cache* {= memory *n*=70 =} {~ gb ~} [#card]</p>")


@pytest.mark.parametrize(
    "form", ["[[KV cache]]", "{= memory n=70 p=4 =}", "{~ gb ~}", "[#card]", "{= open"]
)
def test_code_and_escaped_forms_stay_as_typed(form: str) -> None:
    rendered = entry(f"`{form}` \\{form}\n\n```\n{form}\n```\n\n    {form}\n")

    assert rendered.html == (
        f"<p><code>{form}</code> {form}</p>\n"
        f"<pre><code>{form}\n</code></pre>\n<pre><code>{form}\n</code></pre>"
    )
    assert (rendered.problems, rendered.unknown, rendered.mentions) == ((), (), ())


def test_forms_inside_links_and_attributes_are_only_words() -> None:
    rendered = entry(
        '[see [[KV cache]] {= memory n=70 p=4 =}](/a/ "{~ gb ~}") '
        "![{~ gb ~}](/media/a.png) [x]({= memory n=70 p=4 =})"
    )

    assert rendered.html == (
        '<p><a href="/a/" title="16 GB">see KV cache 35 GB</a> '
        '<img alt="16 GB" src="/media/a.png"> x</p>'
    )


def test_an_address_no_page_may_link_to_leaves_the_words() -> None:
    terms = {"a": Target("a", "javascript:alert(1)", "A")}

    rendered = render(
        "[[a]] {= b =}", terms=terms, compute=lambda _: Computed("c", "//evil.example")
    )

    assert rendered.html == "<p>a c</p>"


def test_a_short_field_is_one_line_without_blocks() -> None:
    rendered = render_inline("# a\n\n- **b** [[KV cache]]\n> c\n\n    d", terms=TERMS)

    assert rendered.html == (
        '# a - <strong>b</strong> <a class="term" href="/kv-cache/">KV cache</a> &gt; c d'
    )
    assert rendered.mentions == (Mention("kv-cache", "# a - b KV cache > c d"),)


def test_the_plain_text_holds_words_but_no_markup_or_citation_marks() -> None:
    markup = entry(
        "# Memory\n\nA [[KV cache]] &amp; *more* [#card].\n\n| a | b |\n|--|--|\n| 1 | <i> |"
    ).html

    assert plain_text(markup) == "Memory A KV cache & more. a b 1 <i>"
