namespace MailMesh.AdminApi;

/// <summary>What an authenticator takes.</summary>
/// <param name="Secret">In base32.</param>
/// <param name="Uri">otpauth://…, for a QR code.</param>
public sealed record SecondFactorSecret(string Secret, string Uri);

/// <param name="Code">The authenticator's code of now, which proves that it has the secret.</param>
public sealed record NewSecondFactor(string Secret, string Code);

/// <param name="SecondFactor">On or off.</param>
public sealed record SecondFactorState(string Account, bool SecondFactor);

/// <param name="Token">For Authorization: Bearer.</param>
public sealed record WebSession(string Token, DateTimeOffset Until);
