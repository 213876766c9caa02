// "Where am I": asked of the telephone only when the button is pressed; without this script the drawing does the same.
(() => {
  const form = document.getElementById('here')
  if (!form || !navigator.geolocation || !window.isSecureContext) return
  form.hidden = false
  form.addEventListener('submit', (event) => {
    if (form.elements.lon.value) return
    event.preventDefault()
    navigator.geolocation.getCurrentPosition(
      (found) => {
        form.elements.lon.value = found.coords.longitude.toFixed(5)
        form.elements.lat.value = found.coords.latitude.toFixed(5)
        form.submit()
      },
      () => { form.querySelector('small').textContent = form.dataset.lost },
      { timeout: 15000, maximumAge: 60000 },
    )
  })
})()
