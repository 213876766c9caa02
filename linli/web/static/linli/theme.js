// Sets the theme before the first paint; a plain file, because the page allows no inline script.
(function () {
  var found = /(?:^|; )linli_theme=(auto|light|dark)/.exec(document.cookie)
  var choice = found ? found[1] : 'auto'
  var dark = choice === 'dark' || (choice === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-theme-choice', choice)
  document.documentElement.setAttribute('data-bs-theme', dark ? 'dark' : 'light')
})()
