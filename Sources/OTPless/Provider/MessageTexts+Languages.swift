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
        unknownDevice: "an unknown device",
        affirmative: ["yes"], negative: ["no", "stop"])

    static let spanish = MessageTexts(
        language: "es", confirm: "Confirmar", deny: "Rechazar",
        body: """
            ¿Iniciar sesión en {{1}}? Solicitado desde {{2}} a las {{3}}. Toca Confirmar solo si \
            estás iniciando sesión ahora mismo. Si no es así, toca Rechazar.
            """,
        unknownDevice: "un dispositivo desconocido",
        affirmative: ["sí", "si", "confirmo"], negative: ["no", "rechazo", "parar", "alto"])

    static let portuguese = MessageTexts(
        language: "pt", confirm: "Confirmar", deny: "Recusar",
        body: """
            Entrar em {{1}}? Pedido feito em {{2}} às {{3}}. Toque em Confirmar somente se você \
            estiver entrando agora. Se não estiver, toque em Recusar.
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
        unknownDevice: "einem unbekannten Gerät",
        affirmative: ["ja", "bestätige", "bestaetigen"], negative: ["nein", "stopp"])

    static let french = MessageTexts(
        language: "fr", confirm: "Confirmer", deny: "Refuser",
        body: """
            Se connecter à {{1}} ? Demandé depuis {{2}} à {{3}}. Touchez Confirmer seulement si vous \
            vous connectez en ce moment. Sinon, touchez Refuser.
            """,
        unknownDevice: "un appareil inconnu",
        affirmative: ["oui", "je confirme"], negative: ["non", "je refuse", "arrêter", "arrêtez"])

    static let hindi = MessageTexts(
        language: "hi", confirm: "पुष्टि करें", deny: "अस्वीकार करें",
        body: """
            क्या {{1}} में साइन इन करना है? अनुरोध {{2}} से {{3}} पर आया है। पुष्टि करें पर तभी टैप करें, \
            जब आप अभी साइन इन कर रहे हों। अगर नहीं, तो अस्वीकार करें पर टैप करें।
            """,
        unknownDevice: "एक अज्ञात डिवाइस",
        affirmative: ["हाँ", "हां", "पुष्टि"], negative: ["नहीं", "अस्वीकार", "रोकें", "रुकें"])

    static let indonesian = MessageTexts(
        language: "id", confirm: "Konfirmasi", deny: "Tolak",
        body: """
            Masuk ke {{1}}? Diminta dari {{2}} pada {{3}}. Ketuk Konfirmasi hanya jika Anda sedang \
            masuk sekarang. Jika tidak, ketuk Tolak.
            """,
        unknownDevice: "perangkat yang tidak dikenal",
        affirmative: ["ya"], negative: ["tidak", "berhenti"])

    static let arabic = MessageTexts(
        language: "ar", confirm: "تأكيد", deny: "رفض",
        body: """
            هل تريد تسجيل الدخول إلى {{1}}؟ جاء الطلب من {{2}} في {{3}}. اضغط على تأكيد فقط إذا كنت \
            تسجّل الدخول الآن. إذا لم تكن كذلك، فاضغط على رفض.
            """,
        unknownDevice: "جهاز غير معروف",
        affirmative: ["نعم", "أؤكد"], negative: ["لا", "أرفض", "توقف", "إيقاف"])
}
