/** A way to the login page, for the place of the element. */
customElements.define("otpless-login", class extends HTMLElement {
  connectedCallback() {
    const link = document.createElement("a")
    link.href = new URL("/", import.meta.url)
    link.textContent = this.textContent.trim() || link.host
    this.replaceChildren(link)
  }
})
