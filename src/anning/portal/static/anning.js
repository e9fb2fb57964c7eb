// What a page does beyond links and forms: follow a job, show how far an upload is, use a passkey.
// Every page works without it; passkeys alone do not.

const SECOND = 1000;

/** Fetch a page as a document; its scripts do not run. */
function page(address) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.onload = () => done(request.response);
    request.onerror = failed;
    request.open("GET", address);
    request.send();
  });
}

/** Look again every second, until the page has nothing under way any more. */
async function follow(here) {
  let fresh;
  try {
    fresh = await page(location.href);
  } catch {
    setTimeout(follow, 3 * SECOND, here);
    return;
  }
  const there = fresh?.getElementById("live");
  if (!there) {
    location.reload();
    return;
  }
  here.replaceChildren(...there.childNodes);
  setTimeout(follow, SECOND, here);
}

/** Send a form with a list and say how much of it is there. */
function upload(form) {
  const shown = form.querySelector(".upload");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button.main");
    const request = new XMLHttpRequest();
    request.upload.onprogress = (at) => {
      shown.hidden = false;
      shown.querySelector("progress").value = at.loaded / at.total;
      shown.querySelector("output").textContent = `${Math.floor((100 * at.loaded) / at.total)}%`;
    };
    request.onload = () => {
      const wrong = request.response?.querySelector(".wrong");
      if (request.responseURL !== form.action || !wrong) {
        location.assign(request.responseURL);
        return;
      }
      // The form stays, its list chosen: only what was wrong is told.
      form.parentElement.querySelector(".wrong")?.remove();
      form.before(wrong);
      wrong.scrollIntoView({ block: "center" });
      shown.hidden = true;
      button.disabled = false;
    };
    request.onerror = () => form.submit();
    button.disabled = true;
    request.responseType = "document";
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

/** Send JSON to the API; what it answers, or an error. */
async function ask(address, body, csrf) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(csrf && { "X-CSRF-Token": csrf }) },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

/** Come in with a passkey. */
async function signIn(part) {
  const asked = await ask("/v1/session/passkey/asked");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options);
  const shown = await navigator.credentials.get({ publicKey });
  await ask("/v1/session/passkey", { id: asked.id, answer: shown.toJSON() });
  location.assign(part.dataset.to);
}

/** Make a passkey for whoever is signed in. */
async function register(form) {
  const csrf = form.elements.csrf.value;
  const asked = await ask("/v1/me/passkeys/asked", undefined, csrf);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options);
  const made = await navigator.credentials.create({ publicKey });
  await ask("/v1/me/passkeys", { id: asked.id, answer: made.toJSON(), label: form.elements.label.value }, csrf);
  location.assign("/account?done=passkey");
}

/** Offer passkeys where the browser has them: it binds them to a host's name, never to a bare address. */
function offer(part) {
  const named = !/^[\d.]+$|^\[/.test(location.hostname);
  if (!named || !window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  part.hidden = false;
  const act = part.dataset.passkey === "sign-in" ? signIn : register;
  part.addEventListener(part.tagName === "FORM" ? "submit" : "click", async (event) => {
    if (event.type === "click" && !event.target.closest("button")) return;
    event.preventDefault();
    const wrong = part.querySelector(".wrong");
    wrong.hidden = true;
    try {
      await act(part);
    } catch {
      wrong.hidden = false;
    }
  });
}

const live = document.querySelector("[data-live]");
if (live) setTimeout(follow, SECOND, live);
document.querySelectorAll("form[data-upload]").forEach(upload);
document.querySelectorAll("[data-passkey]").forEach(offer);
