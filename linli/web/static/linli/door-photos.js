// Photographs go up in small pieces while the form is written, and go on where the line broke (tus 1.0.0).
// Without this script the same pictures go along with the form.
(() => {
  const form = document.querySelector('form[data-photos]')
  const state = document.getElementById('photo-state')
  if (!form || !state || !window.fetch || !File.prototype.slice) return
  const PIECE = 32768
  const head = { 'Tus-Resumable': '1.0.0' }
  const wait = (ms) => new Promise((done) => setTimeout(done, ms))
  let going = 0

  async function begun(file) {
    const name = btoa(unescape(encodeURIComponent(file.name)))
    const answer = await fetch(form.dataset.photos, {
      method: 'POST', credentials: 'omit',
      headers: { ...head, 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${name}` },
    })
    return answer.status === 201 ? answer.headers.get('Location') : null
  }

  async function sent(file, at) {
    let offset = 0
    let pause = 1000
    while (offset < file.size) {
      try {
        const answer = await fetch(at, {
          method: 'PATCH', credentials: 'omit', body: file.slice(offset, offset + PIECE),
          headers: { ...head, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
        })
        if (answer.status !== 204 && answer.status !== 409) return false
        offset = Number(answer.headers.get('Upload-Offset'))
        state.textContent = `${state.dataset.sending} ${Math.floor((offset * 100) / file.size)}%`
        pause = 1000
      } catch {
        state.textContent = state.dataset.broken
        await wait(pause)
        pause = Math.min(pause * 2, 30000)
        try {
          const there = await fetch(at, { method: 'HEAD', credentials: 'omit', headers: head })
          offset = Number(there.headers.get('Upload-Offset'))
        } catch { /* still no line: the next round asks again */ }
      }
    }
    return true
  }

  async function take(input) {
    const file = input.files[0]
    if (!file) return
    going += 1
    try {
      const at = await begun(file)
      if (at && (await sent(file, at))) {
        const key = document.createElement('input')
        Object.assign(key, { type: 'hidden', name: 'upload', value: at.split('/').filter(Boolean).pop() })
        form.append(key)
        input.value = ''
        input.disabled = true
        state.textContent = state.dataset.kept
      } else state.textContent = ''
    } catch { state.textContent = '' } // it goes along with the form then
    going -= 1
  }

  for (const input of form.querySelectorAll('input[type=file]')) input.addEventListener('change', () => void take(input))
  form.addEventListener('submit', (event) => {
    if (!going) return
    event.preventDefault()
    state.scrollIntoView()
  })
})()
