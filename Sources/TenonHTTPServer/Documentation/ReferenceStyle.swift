extension ReferencePage {
    /// The page's stylesheet, served at `cssPath`.
    static let css = """
        :root {
          color-scheme: light dark;
          --text: #1b1f24; --quiet: #57606a; --paper: #fff; --raised: #f5f7f9; --line: #d5dae0; --link: #0b5cad;
          --get: #0b5cad; --post: #1a7042; --put: #8a5300; --delete: #b3261e;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --text: #e4e8ec; --quiet: #9aa5b1; --paper: #14181d; --raised: #1e242b; --line: #38414b; --link: #7db8f5;
            --get: #7db8f5; --post: #6fcf97; --put: #e8b568; --delete: #ff9a92;
          }
        }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 1rem; }
        body {
          margin: 0 auto; max-width: 96rem; background: var(--paper); color: var(--text);
          font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
        }
        a { color: var(--link); }
        a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        h1, h2, h3, h4 { line-height: 1.25; }
        h1 { margin-top: 0; }
        h2 { margin-top: 3rem; padding-bottom: .3rem; border-bottom: 2px solid var(--line); }
        h3 { margin: 0 0 .5rem; }
        h3 a { color: inherit; text-decoration: none; }
        h3 a:hover { text-decoration: underline; }
        h4 { margin: 1.5rem 0 .5rem; }
        small, .note, .rules, dt, caption, figcaption { color: var(--quiet); font-size: .875rem; }
        small { font-weight: normal; }
        .note { margin: .3rem 0; }
        .text { white-space: pre-line; max-width: 45rem; }
        .rules { display: block; }
        code, pre, .method { font-family: ui-monospace, "SFMono-Regular", Menlo, "DejaVu Sans Mono", monospace; }
        code { font-size: .875em; }
        pre {
          margin: 0; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; background: var(--raised);
          white-space: pre-wrap; line-height: 1.4;
        }
        .skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--paper); }
        .skip:focus { left: 0; z-index: 1; }
        main { padding: 1.5rem; }
        nav { padding: 1.5rem; font-size: .9375rem; }
        nav summary { font-weight: 600; cursor: pointer; }
        nav ul { margin: .5rem 0; padding: 0; list-style: none; }
        nav li { margin: .4rem 0; }
        nav li li a { display: flex; align-items: baseline; text-decoration: none; }
        nav li li a:hover { text-decoration: underline; }
        nav li li .method { flex: 0 0 4.8em; font-size: .75rem; }
        .method { font-weight: 700; color: var(--quiet); }
        .get, .head { color: var(--get); }
        .post { color: var(--post); }
        .put, .patch { color: var(--put); }
        .delete { color: var(--delete); }
        article { margin: 2rem 0; padding: 1.25rem; border: 1px solid var(--line); border-radius: 8px; }
        article:target { border-color: var(--link); }
        .route { margin: 0 0 .75rem; font-size: 1.0625rem; }
        .facts { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin: .75rem 0; }
        .facts div { display: flex; flex-wrap: wrap; gap: 0 .5rem; align-items: baseline; }
        dd { margin: 0; }
        table { width: 100%; margin: 1rem 0 .5rem; border-collapse: collapse; font-size: .9375rem; }
        caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
        th, td {
          padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top;
        }
        thead th { color: var(--quiet); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
        tbody th { width: 28%; font-weight: 600; }
        tbody td:last-child { width: 40%; }
        figure { margin: 1rem 0 .5rem; }
        figcaption { font-weight: 600; padding-bottom: .25rem; }
        @media (min-width: 64rem) {
          body { display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
          nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; }
        }
        @media (min-width: 84rem) {
          .content { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.5rem; }
          .content > :first-child:last-child { grid-column: 1 / -1; }
        }
        @media (max-width: 40rem) {
          main, nav { padding: 1rem; }
          article { padding: 1rem .75rem; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          tr { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .4rem 0; border-top: 1px solid var(--line); }
          th, td { padding: 0; border: 0; }
          tbody th, tbody td:last-child { width: auto; }
          td:last-child { flex-basis: 100%; }
          td:empty { display: none; }
        }
        @media print {
          :root {
            --text: #000; --quiet: #444; --paper: #fff; --raised: #fff; --line: #999; --link: #000;
            --get: #000; --post: #000; --put: #000; --delete: #000;
          }
          body { display: block; max-width: none; font-size: 10pt; }
          nav { position: static; max-height: none; overflow: visible; break-after: page; }
          .skip { display: none; }
          article { border: 0; padding: 0; }
          h2, h3, h4, .route, caption { break-after: avoid; }
          table, tr, pre { break-inside: avoid; }
          .names { columns: 3; }
        }

        """
}
