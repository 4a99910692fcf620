extension MessageTexts {
    /// All languages there are texts for, English first.
    public static let all = [
        english, spanish, portuguese, german, french, hindi, indonesian, arabic,
    ]

    static let english = MessageTexts(
        language: "en", confirm: "Confirm", deny: "Deny",
        body: """
            Sign in to {{1}}? Requested from {{2}} at {{3}}. Tap Confirm only if you are signing in \
            right now. If you are not, tap Deny.
            """,
        numberBody: """
            Sign in to {{1}}? Requested from {{2}} at {{3}}. Reply with the two-digit number that \
            your screen shows. If you are not signing in right now, tap Deny.
            """,
        contactBody: """
            {{1}} needs your phone number to sign you in. Tap the button below to share it.
            """,
        linkText: """
            Sign me in to {{1}} in my browser: {{2}}. Do not send this if somebody gave you the \
            link.
            """,
        unknownDevice: "an unknown device",
        affirmative: ["yes"], negative: ["no", "stop"])

    static let spanish = MessageTexts(
        language: "es", confirm: "Confirmar", deny: "Rechazar",
        body: """
            ¿Iniciar sesión en {{1}}? Solicitado desde {{2}} a las {{3}}. Toca Confirmar solo si \
            estás iniciando sesión ahora mismo. Si no es así, toca Rechazar.
            """,
        numberBody: """
            ¿Iniciar sesión en {{1}}? Solicitado desde {{2}} a las {{3}}. Responde con el número de dos \
            cifras que muestra tu pantalla. Si no estás iniciando sesión ahora mismo, toca Rechazar.
            """,
        contactBody: """
            {{1}} necesita tu número de teléfono para iniciar tu sesión. Toca el botón de abajo \
            para compartirlo.
            """,
        linkText: """
            Inicia mi sesión en {{1}} en mi navegador: {{2}}. No envíes esto si alguien te dio \
            el enlace.
            """,
        unknownDevice: "un dispositivo desconocido",
        affirmative: ["sí", "si", "confirmo"], negative: ["no", "rechazo", "parar", "alto"])

    static let portuguese = MessageTexts(
        language: "pt", confirm: "Confirmar", deny: "Recusar",
        body: """
            Entrar em {{1}}? Pedido feito em {{2}} às {{3}}. Toque em Confirmar somente se você \
            estiver entrando agora. Se não estiver, toque em Recusar.
            """,
        numberBody: """
            Entrar em {{1}}? Pedido feito em {{2}} às {{3}}. Responda com o número de dois algarismos \
            que a sua tela mostra. Se você não estiver entrando agora, toque em Recusar.
            """,
        contactBody: """
            {{1}} precisa do seu número de telefone para você entrar. Toque no botão abaixo para \
            compartilhá-lo.
            """,
        linkText: """
            Quero entrar em {{1}} no meu navegador: {{2}}. Não envie isto se alguém lhe deu o \
            link.
            """,
        unknownDevice: "um dispositivo desconhecido",
        affirmative: ["sim", "confirmo"],
        negative: ["não", "nao", "recuso", "negar", "parar", "pare"]
    )

    static let german = MessageTexts(
        language: "de", confirm: "Bestätigen", deny: "Ablehnen",
        body: """
            Bei {{1}} anmelden? Angefragt von {{2}} um {{3}}. Tippe nur dann auf Bestätigen, wenn du \
            dich gerade anmeldest. Wenn nicht, tippe auf Ablehnen.
            """,
        numberBody: """
            Bei {{1}} anmelden? Angefragt von {{2}} um {{3}}. Antworte mit der zweistelligen Zahl, die \
            dein Bildschirm zeigt. Wenn du dich gerade nicht anmeldest, tippe auf Ablehnen.
            """,
        contactBody: """
            {{1}} braucht deine Telefonnummer, um dich anzumelden. Tippe auf die Schaltfläche \
            unten, um sie zu teilen.
            """,
        linkText: """
            Melde mich bei {{1}} in meinem Browser an: {{2}}. Sende das nicht, wenn dir jemand \
            den Link gegeben hat.
            """,
        unknownDevice: "einem unbekannten Gerät",
        affirmative: ["ja", "bestätige", "bestaetigen"], negative: ["nein", "stopp"])

    static let french = MessageTexts(
        language: "fr", confirm: "Confirmer", deny: "Refuser",
        body: """
            Se connecter à {{1}} ? Demandé depuis {{2}} à {{3}}. Touchez Confirmer seulement si vous \
            vous connectez en ce moment. Sinon, touchez Refuser.
            """,
        numberBody: """
            Se connecter à {{1}} ? Demandé depuis {{2}} à {{3}}. Répondez avec le nombre à deux chiffres \
            affiché sur votre écran. Si vous ne vous connectez pas en ce moment, touchez Refuser.
            """,
        contactBody: """
            {{1}} a besoin de votre numéro de téléphone pour vous connecter. Touchez le bouton \
            ci-dessous pour le partager.
            """,
        linkText: """
            Connectez-moi à {{1}} dans mon navigateur : {{2}}. N’envoyez pas ceci si quelqu’un \
            vous a donné le lien.
            """,
        unknownDevice: "un appareil inconnu",
        affirmative: ["oui", "je confirme"], negative: ["non", "je refuse", "arrêter", "arrêtez"])

    static let hindi = MessageTexts(
        language: "hi", confirm: "पुष्टि करें", deny: "अस्वीकार करें",
        body: """
            क्या {{1}} में साइन इन करना है? अनुरोध {{2}} से {{3}} पर आया है। पुष्टि करें पर तभी टैप करें, \
            जब आप अभी साइन इन कर रहे हों। अगर नहीं, तो अस्वीकार करें पर टैप करें।
            """,
        numberBody: """
            क्या {{1}} में साइन इन करना है? अनुरोध {{2}} से {{3}} पर आया है। अपनी स्क्रीन पर दिख रही दो अंकों की \
            संख्या लिखकर जवाब दें। अगर आप अभी साइन इन नहीं कर रहे हैं, तो अस्वीकार करें पर टैप करें।
            """,
        contactBody: """
            आपको साइन इन कराने के लिए {{1}} को आपका फ़ोन नंबर चाहिए। उसे साझा करने के लिए नीचे \
            दिए बटन पर टैप करें।
            """,
        linkText: """
            मुझे मेरे ब्राउज़र में {{1}} में साइन इन करें: {{2}}। अगर यह लिंक किसी ने आपको दिया \
            है, तो इसे न भेजें।
            """,
        unknownDevice: "एक अज्ञात डिवाइस",
        affirmative: ["हाँ", "हां", "पुष्टि"], negative: ["नहीं", "अस्वीकार", "रोकें", "रुकें"])

    static let indonesian = MessageTexts(
        language: "id", confirm: "Konfirmasi", deny: "Tolak",
        body: """
            Masuk ke {{1}}? Diminta dari {{2}} pada {{3}}. Ketuk Konfirmasi hanya jika Anda sedang \
            masuk sekarang. Jika tidak, ketuk Tolak.
            """,
        numberBody: """
            Masuk ke {{1}}? Diminta dari {{2}} pada {{3}}. Balas dengan angka dua digit yang tampil di \
            layar Anda. Jika Anda tidak sedang masuk sekarang, ketuk Tolak.
            """,
        contactBody: """
            {{1}} memerlukan nomor telepon Anda agar Anda dapat masuk. Ketuk tombol di bawah \
            untuk membagikannya.
            """,
        linkText: """
            Masukkan saya ke {{1}} di browser saya: {{2}}. Jangan kirim ini jika seseorang \
            memberi Anda tautannya.
            """,
        unknownDevice: "perangkat yang tidak dikenal",
        affirmative: ["ya"], negative: ["tidak", "berhenti"])

    static let arabic = MessageTexts(
        language: "ar", confirm: "تأكيد", deny: "رفض",
        body: """
            هل تريد تسجيل الدخول إلى {{1}}؟ جاء الطلب من {{2}} في {{3}}. اضغط على تأكيد فقط إذا كنت \
            تسجّل الدخول الآن. إذا لم تكن كذلك، فاضغط على رفض.
            """,
        numberBody: """
            هل تريد تسجيل الدخول إلى {{1}}؟ جاء الطلب من {{2}} في {{3}}. أجب بالرقم المكوّن من خانتين \
            الظاهر على شاشتك. إذا لم تكن تسجّل الدخول الآن، فاضغط على رفض.
            """,
        contactBody: "يحتاج {{1}} إلى رقم هاتفك لتسجيل دخولك. اضغط على الزر أدناه لمشاركته.",
        linkText: "سجّل دخولي إلى {{1}} في متصفحي: {{2}}. لا ترسل هذا إذا أعطاك أحدهم الرابط.",
        unknownDevice: "جهاز غير معروف",
        affirmative: ["نعم", "أؤكد"], negative: ["لا", "أرفض", "توقف", "إيقاف"])
}
