namespace MailMesh.Ingress;

/// <summary>What becomes of a submitted message whose From or Sender is not its account's.</summary>
public enum FromCheck
{
    /// <summary>Refused at its end.</summary>
    Reject,

    /// <summary>Taken: nobody looks.</summary>
    Off,
}
